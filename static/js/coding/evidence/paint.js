// Draws passages into the text: as highlights of the browser, which leave the page as it is, else as elements.

const COLOURS = 8;
const named = (colour) => `colour-${colour}`;
const native = () => Boolean(globalThis.Highlight && CSS.highlights);

// Cuts passages that overlap into stretches, each with the colours of all that cover it.
export function stretches(passages) {
  const edges = [...new Set(passages.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  return edges.slice(0, -1).flatMap((start, index) => {
    const end = edges[index + 1];
    const covering = passages.filter((one) => one.start <= start && end <= one.end);
    return covering.length ? [{ start, end, colours: covering.flatMap(({ colours }) => colours), several: covering.length > 1 }] : [];
  });
}

export function clear(article) {
  if (native()) for (const name of [...CSS.highlights.keys()]) if (/^(colour-\d|evidence-several)$/.test(name)) CSS.highlights.delete(name);
  for (const element of article.querySelectorAll("mark.evidence")) {
    const parent = element.parentNode;
    element.replaceWith(...element.childNodes);
    parent.normalize();
  }
}

// `drawn`: [{ range, colours, several }], none of which overlap.
export function paint(drawn) {
  if (native()) paintHighlights(drawn);
  else for (const each of drawn.toReversed()) paintElements(each);
}

function paintHighlights(drawn) {
  for (let colour = 0; colour < COLOURS; colour += 1) {
    const ranges = drawn.filter((each) => each.colours.includes(colour)).map(({ range }) => range);
    if (ranges.length) CSS.highlights.set(named(colour), new Highlight(...ranges));
  }
  const several = drawn.filter((each) => each.several).map(({ range }) => range);
  if (!several.length) return;
  const highlight = new Highlight(...several);
  highlight.priority = 1;
  CSS.highlights.set("evidence-several", highlight);
}

function paintElements({ range, colours, several }) {
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  const nodes = range.commonAncestorContainer.nodeType === Node.TEXT_NODE ? [range.commonAncestorContainer] : [];
  while (walker.nextNode()) if (range.intersectsNode(walker.currentNode)) nodes.push(walker.currentNode);
  const { startContainer, startOffset, endContainer, endOffset } = range;
  for (const node of nodes) wrap(node, node === startContainer ? startOffset : 0, node === endContainer ? endOffset : node.length, colours, several);
}

function wrap(node, start, end, colours, several) {
  if (start >= end) return;
  const middle = start ? node.splitText(start) : node;
  if (end - start < middle.length) middle.splitText(end - start);
  const mark = document.createElement("mark");
  mark.className = `evidence colour-${colours[0]}${several ? " several" : ""}`;
  middle.replaceWith(mark);
  mark.append(middle);
}
