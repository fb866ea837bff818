// Finding words in the whole issue, also where it is not shown yet. The server looks; the place is brought and marked.

import { ask, Refused, SignedOut } from "./server.js";

const UNREACHED = "The server cannot be reached, so that only what is shown could be searched. Try again in a moment.";

function rangeIn(root, start, end) {
  const range = document.createRange();
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let from = 0;
  while (walker.nextNode()) {
    const { length } = walker.currentNode;
    if (from <= start && start < from + length) range.setStart(walker.currentNode, start - from);
    if (end <= from + length) {
      range.setEnd(walker.currentNode, end - from);
      return range;
    }
    from += length;
  }
  return null;
}

function mark(range) {
  if (CSS.highlights) CSS.highlights.set("found", new Highlight(range));
  else {
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
}

const scrollTo = (range) => {
  const article = document.getElementById("issue");
  article.scrollTop += range.getBoundingClientRect().top - article.getBoundingClientRect().top - article.clientHeight / 3;
};

function item(hit) {
  const row = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet" });
  const words = Object.assign(document.createElement("mark"), { textContent: hit.words });
  const where = Object.assign(document.createElement("small"), { textContent: hit.number ? `comment ${hit.number}` : "text" });
  button.append(where, ` ${hit.before}`, words, hit.after);
  button.hit = hit;
  row.append(button);
  return row;
}

export function find({ address, reveal, signedOut }) {
  const dialog = document.getElementById("find");
  const field = dialog.querySelector("[type=search]");
  const list = dialog.querySelector("ol");
  const told = dialog.querySelector("[role=status]");

  function tell(words, { total, hits }) {
    const first = total > hits.length ? `, the first ${hits.length} of them here` : "";
    told.textContent = total ? `“${words}” stands there ${total === 1 ? "once" : `${total.toLocaleString()} times`}${first}.` : `“${words}” does not stand in this issue.`;
    list.replaceChildren(...hits.map(item));
    list.querySelector("button")?.focus();
  }

  async function search() {
    const words = field.value.trim();
    if (!words) return;
    try {
      tell(words, await ask(`${address()}find/?q=${encodeURIComponent(words)}`));
    } catch (error) {
      if (error instanceof SignedOut) return signedOut();
      told.textContent = error instanceof Refused ? error.message : UNREACHED;
    }
  }

  async function go(hit) {
    dialog.close();
    const root = await reveal(hit);
    const range = root && rangeIn(root, hit.start, hit.end);
    if (!range) return;
    for (let fold = range.startContainer.parentElement.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    mark(range);
    scrollTo(range);
  }

  dialog.querySelector("form").addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("data-close")) return;
    event.preventDefault();
    search();
  });
  list.addEventListener("click", ({ target }) => target.closest("button") && go(target.closest("button").hit));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    document.activeElement.closest("li")?.[step]?.querySelector("button").focus();
  });

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    field.focus();
    field.select();
  }

  function reset() {
    CSS.highlights?.delete("found");
    list.replaceChildren();
    told.textContent = "";
  }

  return { open, reset };
}
