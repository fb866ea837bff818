// Evidence: words of the issue that are marked for a code, by mouse, touch or keys. They are part of the answer.

import { bar } from "./bar.js";
import { drawing } from "./drawing.js";
import { list } from "./list.js";
import { marks as store, valuesOf } from "./marks.js";
import { offsetAt, passageOf, pieces, rangeOf, shows, texts } from "./places.js";
import { reader } from "./reader.js";
import { watch } from "./watch.js";

const LONGEST = 20000;
const SELECT = "Select words of the issue first: with the mouse, or by keys after R";

export function evidence({ codes, changed, note, reveal }) {
  const form = document.getElementById("palette");
  const article = document.getElementById("issue");
  const marks = store({ field: form.elements.evidence, changed });
  const reading = reader({ article, select });
  let shown = null; // the passage that the bar is about

  const inputs = () => [...form.querySelectorAll("[name=answer]")].filter(({ value }) => /^p?\d+$/.test(value));
  const input = (value) => inputs().find((one) => one.value === value);
  const chosen = (mark) => valuesOf(mark).filter((value) => input(value)?.checked);
  const colourOf = (value) => Number(input(value)?.closest("label").className.match(/colour-(\d)/)?.[1] ?? 0);
  const named = (value) => ({ value, name: codes.nameOf(value) });
  const rootOf = (passage) => texts(article).find((root) => shows(root, passage));
  const focused = () => {
    const value = form.querySelector(".palette-codes .current")?.dataset.code;
    return input(value) ? named(value) : null;
  };
  const quotes = list({ nameOf: codes.nameOf, act: { go, untie, remove } });
  const pictured = drawing({ article, chosen, colourOf, nameOf: codes.nameOf });
  const menu = bar({
    article,
    act: { general, move, tieTo, remove: () => remove(shown), untie: (value) => untie(shown, value) },
  });

  const draw = () => quotes.draw(pictured.draw(marks.all()));

  function selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed || !article.contains(selection.anchorNode)) return null;
    return passageOf(article, selection.getRangeAt(0));
  }

  const passage = () => shown ?? selected();

  function select(range) {
    const folds = [...article.querySelectorAll("details:not([open])")].filter((fold) => range.intersectsNode(fold));
    for (const fold of folds) fold.open = true;
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    const box = range.getBoundingClientRect();
    const view = article.getBoundingClientRect();
    if (box.top < view.top + 40 || box.bottom > view.bottom - 120) article.scrollTop += box.top - view.top - view.height / 3;
    attend(passageOf(article, range));
    speak();
  }

  // Words for those who do not see what is selected.
  function speak() {
    const mark = shown && marks.find(shown);
    const names = mark && (chosen(mark).map(codes.nameOf).join(", ") || "the issue as a whole");
    document.querySelector("[data-evidence-said]").textContent = shown ? `${mark ? `Marked for ${names}: ` : ""}${shown.exact}` : "";
  }

  // The bar is about the passage that was selected or pointed at.
  function attend(given) {
    const root = given && rootOf(given);
    shown = root ? given : null;
    if (!root) return menu.hide();
    const mark = marks.find(given);
    menu.show(rangeOf(pieces(root), given.start, given.end), {
      ties: mark ? chosen(mark).map(named) : [],
      focused: focused(),
      codes: inputs().map(({ value }) => named(value)),
      marked: Boolean(mark),
      near: marks.near(given).length === 1,
    });
  }

  function tieTo(value) {
    const words = passage();
    if (!words) return;
    if (words.exact.length > LONGEST) return note("This is more than 20,000 characters. Mark a shorter passage");
    const mark = marks.find(words);
    if (mark && chosen(mark).includes(value)) return untie(words, value);
    if (!input(value).checked) codes.toggle(value);
    marks.tie(words, value);
    attend(words);
    note(`Marked for ${codes.nameOf(value)}`);
  }

  function tie() {
    const code = focused();
    if (!passage()) return note(SELECT);
    if (code) tieTo(code.value);
    else general();
  }

  function general() {
    const words = passage();
    if (!words) return note(SELECT);
    marks.put(words);
    attend(words);
    note("Marked for the issue as a whole");
  }

  function untie(words, value) {
    marks.untie(words, value);
    if (shown) attend(shown);
    note(`Untied from ${codes.nameOf(value)}`);
  }

  function remove(words) {
    marks.remove(words);
    leave();
    note("The quote is removed");
  }

  function move() {
    const words = passage();
    const [mark, ...others] = words ? marks.near(words) : [];
    if (!mark || others.length) return note("Select the words that the quote shall have; they must overlap it alone");
    marks.move(mark, words);
    attend(words);
    note("The quote has these words now");
  }

  async function go(mark) {
    if (mark.state === "folded" && rootOf(mark)) await reveal({ comment: mark.comment, number: 0, end: mark.end * 2 });
    const root = rootOf(mark);
    const range = root && rangeOf(pieces(root), mark.start, mark.end);
    if (!range) return note(mark.state === "gone" ? "These words are gone from the text" : "Show more of the comments to see these words");
    article.focus({ preventScroll: true });
    select(range);
  }

  function read() {
    article.focus({ preventScroll: true });
    reading.begin(passage());
  }

  function leave() {
    reading.end();
    if (passage()) getSelection().removeAllRanges();
    attend(null);
  }

  watch({
    article,
    reading,
    holds: menu.holds,
    passage,
    tieTo,
    leave,
    attendSelected: () => selected() && attend(selected()),
    pointAt(x, y) {
      const at = offsetAt(article, x, y);
      const mark = at && marks.at(at);
      if (mark) attend(mark);
      else leave();
    },
  });
  article.addEventListener("grown", draw);
  form.addEventListener("written", () => (leave(), draw()));
  return { draw, actions: { tie, general, change: move, read } };
}
