// All marks of the answer in the text and in its margin.

import { labels } from "./labels.js";
import { clear, paint, stretches } from "./paint.js";
import { addressOf, pieces, place, rangeOf, texts } from "./places.js";

export function drawing({ article, chosen, colourOf, nameOf }) {
  const margin = labels(article);

  // The marks in the order of the text, each with its codes that are chosen and whether its words are shown.
  function draw(all) {
    clear(article);
    const roots = texts(article);
    const places = roots.map((root) => place(addressOf(root)));
    const told = all.map((mark) => {
      const at = places.indexOf(place(mark));
      const state = at < 0 ? "folded" : roots[at].dataset.text === mark.text ? shownIn(roots[at], mark) : "gone";
      const ties = chosen(mark);
      return { ...mark, at, state, ties, colours: (ties.length ? ties : [""]).map(colourOf) };
    });
    told.sort((one, other) => one.at - other.at || one.start - other.start);
    const here = told.filter(({ state }) => state === "here");
    paint(roots.flatMap((root, at) => drawnIn(root, here.filter((mark) => mark.at === at))));
    margin.draw(here.map(named));
    return told;

    function named(mark) {
      const names = mark.ties.map(nameOf).join(", ") || "the issue as a whole";
      return { names, colour: mark.colours[0], range: rangeOf(pieces(roots[mark.at]), mark.start, mark.end) };
    }
  }

  // Of a long text the beginning is shown first.
  function shownIn(root, mark) {
    return rangeOf(pieces(root), mark.start, mark.end) ? "here" : "folded";
  }

  function drawnIn(root, marks) {
    if (!marks.length) return [];
    const found = pieces(root);
    return stretches(marks).map((one) => ({ ...one, range: rangeOf(found, one.start, one.end) })).filter(({ range }) => range);
  }

  return { draw };
}
