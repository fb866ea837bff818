// Reading by keys: sentence by sentence, or line by line in code; what is read is selected, and can be widened by words.

import { pieces, points, rangeOf, shows, texts } from "./places.js";

const BLOCKS = "p, li, pre, td, th, h1, h2, h3, h4, h5, h6, blockquote, summary, dt, dd, caption, div";

// Runs of text that belong to one block: [{ from, to, text, code }].
function runs(found) {
  const all = [];
  for (const { node, from, to } of found) {
    const block = node.parentElement.closest(BLOCKS);
    const last = all.at(-1);
    if (last?.block === block) Object.assign(last, { to, text: last.text + node.data });
    else all.push({ block, from, to, text: node.data, code: Boolean(block?.closest("pre")) });
  }
  return all;
}

function parts(text, granularity) {
  if (!globalThis.Intl?.Segmenter) return text.match(granularity === "word" ? /\s+|\S+/g : /[^.!?\n]+[.!?\n]*|[.!?\n]+/g) ?? [];
  return [...new Intl.Segmenter(document.documentElement.lang || "en", { granularity }).segment(text)].map(({ segment }) => segment);
}

const split = ({ text, code }) => (code ? text.match(/[^\n]*\n|[^\n]+$/g) ?? [] : parts(text, "sentence"));

function* sentencesOf(root) {
  for (const run of runs(pieces(root))) {
    let at = run.from;
    for (const part of split(run)) {
      const start = at + points(part.slice(0, part.search(/\S|$/)));
      const end = start + points(part.trim());
      at += points(part);
      if (end > start) yield { root, start, end };
    }
  }
}

// Where words begin or end in a text, in code points.
function edgesOfWords(root, edge) {
  let at = 0;
  const found = [];
  for (const part of parts(root.textContent, "word")) {
    const next = at + points(part);
    if (/\S/.test(part)) found.push(edge === "end" ? next : at);
    at = next;
  }
  return found;
}

export function reader({ article, select }) {
  let all = [];
  let now = null; // the sentence that is read, and what is selected of its text

  function begin(passage) {
    all = texts(article).flatMap((root) => [...sentencesOf(root)]);
    const at = passage ? all.findIndex(({ root, end }) => shows(root, passage) && end > passage.start) : visible();
    if (at < 0) return;
    now = { at, start: passage?.start ?? all[at].start, end: passage?.end ?? all[at].end };
    show();
  }

  function visible() {
    const { top } = article.getBoundingClientRect();
    const charts = new Map(texts(article).map((root) => [root, pieces(root)]));
    const at = all.findIndex(({ root, start, end }) => rangeOf(charts.get(root), start, end).getBoundingClientRect().top >= top);
    return Math.max(at, 0);
  }

  const show = () => select(rangeOf(pieces(all[now.at].root), now.start, now.end));

  function read(step) {
    const at = Math.min(Math.max(now.at + step, 0), all.length - 1);
    now = { at, start: all[at].start, end: all[at].end };
    show();
  }

  // Moves the end, or the start, to the next edge of a word or a sentence.
  function widen(edge, step, unit) {
    const { root } = all[now.at];
    const edges = unit === "word" ? edgesOfWords(root, edge) : all.filter((one) => one.root === root).map((one) => one[edge]);
    const fits = (at) => (edge === "end" ? at > now.start : at < now.end) && (step > 0 ? at > now[edge] : at < now[edge]);
    const next = edges.filter(fits).at(step > 0 ? 0 : -1);
    if (next === undefined) return;
    now[edge] = next;
    show();
  }

  return { begin, read, widen, end: () => (now = null), reading: () => Boolean(now) };
}
