// Places in the texts of an issue: offsets in code points of a text's textContent, as the server counts them, and the
// points of the page. A text is an element with data-text, the SHA-256 of what it shows.

const SURROGATE = /[\uD800-\uDFFF]/;

export function points(text) {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (let at = 0; at < text.length; at += text.codePointAt(at) > 0xffff ? 2 : 1) count += 1;
  return count;
}

// How many units of a string its first so many code points take.
function units(text, count) {
  if (!SURROGATE.test(text)) return Math.min(count, text.length);
  let at = 0;
  for (let left = count; left > 0 && at < text.length; left -= 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}

export const texts = (article) => [...article.querySelectorAll("[data-text]")];

export const addressOf = ({ dataset }) => ({
  part: dataset.part,
  comment: dataset.comment ? Number(dataset.comment) : null,
  text: dataset.text,
});

export const place = ({ part, comment }) => `${part}.${comment ?? ""}`;

export const shows = (root, passage) => root.dataset.text === passage.text && place(addressOf(root)) === place(passage);

// The text nodes of an element, each with the offsets where it begins and ends.
export function pieces(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let from = 0; walker.nextNode(); from = found.at(-1).to) {
    found.push({ node: walker.currentNode, from, to: from + points(walker.currentNode.data) });
  }
  return found;
}

export function rangeOf(found, start, end) {
  const first = found.find(({ to }) => start < to);
  const last = found.find(({ to }) => end <= to);
  if (!first || !last) return null;
  const range = document.createRange();
  range.setStart(first.node, units(first.node.data, start - first.from));
  range.setEnd(last.node, units(last.node.data, end - last.from));
  return range;
}

function inside(root, range) {
  const part = range.cloneRange();
  if (!root.contains(range.startContainer)) part.setStart(root, 0);
  if (!root.contains(range.endContainer)) part.setEnd(root, root.childNodes.length);
  return part;
}

// The words of the first text that the range touches: whole code points, without the space around them.
export function passageOf(article, range) {
  for (const root of texts(article)) {
    if (!range.intersectsNode(root)) continue;
    const part = inside(root, range);
    const all = root.textContent;
    const before = document.createRange();
    before.setStart(root, 0);
    before.setEnd(part.startContainer, part.startOffset);
    let start = before.toString().length;
    let end = start + part.toString().length;
    start += all.slice(start, end).search(/\S|$/);
    end = start + all.slice(start, end).trimEnd().length;
    if (/[\uDC00-\uDFFF]/.test(all[start] ?? "") && start > 0) start -= 1;
    if (/[\uD800-\uDBFF]/.test(all[end - 1] ?? "")) end += 1;
    const exact = all.slice(start, end);
    if (!exact) continue;
    const from = points(all.slice(0, start));
    return { ...addressOf(root), start: from, end: from + points(exact), exact };
  }
  return null;
}

// The offset at which a point of the screen lies, and its text.
export function offsetAt(article, x, y) {
  const caret = document.caretPositionFromPoint?.(x, y);
  const old = caret ? null : document.caretRangeFromPoint?.(x, y);
  const [node, offset] = caret ? [caret.offsetNode, caret.offset] : [old?.startContainer, old?.startOffset];
  const root = texts(article).find((one) => node && one.contains(node));
  if (!root) return null;
  const before = document.createRange();
  before.setStart(root, 0);
  before.setEnd(node, offset);
  return { ...addressOf(root), at: points(before.toString()) };
}
