// Names of codes in the margin beside their passages, where there is room for one. For the eye alone: the same quotes
// stand beside their codes as text.

const GAP = 4;

export function labels(article) {
  let drawn = [];

  function layer() {
    const old = article.querySelector(".quote-labels");
    if (old) return old;
    const made = Object.assign(document.createElement("div"), { className: "quote-labels" });
    made.setAttribute("aria-hidden", "true");
    article.firstElementChild?.append(made);
    return made;
  }

  function draw(passages) {
    drawn = passages;
    const made = passages.map(({ names, colour }) => {
      const label = Object.assign(document.createElement("span"), { className: `quote-label colour-${colour}`, textContent: names });
      return label;
    });
    layer().replaceChildren(...made);
    settle();
  }

  // Each beside the first line of its passage, or below the label before.
  function settle() {
    const margin = article.querySelector(".quote-labels");
    if (!margin || !drawn.length || !margin.offsetParent) return;
    const top = margin.getBoundingClientRect().top;
    const wanted = drawn.map(({ range }) => range.getClientRects()[0]?.top ?? 0);
    const heights = [...margin.children].map((label) => label.offsetHeight);
    let free = 0;
    [...margin.children].forEach((label, index) => {
      const at = Math.max(wanted[index] - top, free);
      label.style.top = `${at}px`;
      free = at + heights[index] + GAP;
    });
  }

  new ResizeObserver(settle).observe(article);
  article.addEventListener("toggle", settle, true);
  return { draw };
}
