// The rest of a long text and of a long thread: fetched when it is asked for, walked to, or found in.

import { ask } from "./server.js";

const article = () => document.getElementById("issue");
const restOf = (comment) => article().querySelector(`[data-rest][data-of="${comment ?? ""}"]`);
const proseOf = (comment) => article().querySelector(comment ? `[data-comment="${comment}"]` : "[data-part=body]");
const restOfThread = () => article().querySelector("[data-rest-of-thread]");
// Only what is selected in the text is a quote.
export function selected() {
  const selection = getSelection();
  return selection.anchorNode && article().contains(selection.anchorNode) ? String(selection).trim() : "";
}

const shownComments = () => [...article().querySelectorAll(".comment")];
const lastShown = () => Number(shownComments().at(-1)?.dataset.number ?? 0);

// To this comment; before the first, to the beginning.
function moveTo(index) {
  const all = shownComments();
  if (!all.length || index >= all.length) return;
  for (const one of all) one.classList.remove("current");
  const target = all[index];
  if (!target) {
    article().scrollTop = 0;
    article().focus({ preventScroll: true });
    return;
  }
  target.classList.add("current");
  target.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}

async function moreText(address, rest) {
  const told = await ask(`${address}text/?from=${rest.dataset.rest}&comment=${rest.dataset.of}`);
  if (!rest.isConnected) return;
  proseOf(rest.dataset.of).insertAdjacentHTML("beforeend", told.html);
  if (told.next) rest.dataset.rest = told.next;
  else rest.remove();
}

async function moreComments(address, upto = 0) {
  const box = restOfThread();
  const told = await ask(`${address}thread/?after=${lastShown()}&upto=${upto}`);
  if (box.isConnected) box.outerHTML = told.html;
}

export function rest({ address, failed }) {
  // One after the other: a second click waits for what the first one brings.
  let before = Promise.resolve();
  const grown = (shown) => (article().dispatchEvent(new Event("grown")), shown);
  const inTurn = (work) => (before = before.then(work).then(grown).catch(failed));

  document.getElementById("issue").addEventListener("click", (event) => {
    const box = event.target.closest("a.button")?.closest("[data-rest], [data-rest-of-thread]");
    if (!box) return;
    event.preventDefault();
    inTurn(() => (box.hasAttribute("data-rest") ? moreText(address(), box) : moreComments(address())));
  });

  // Shows enough of the issue that this place can be seen, and gives the text that it is in.
  const reveal = ({ comment, number, end }) =>
    inTurn(async () => {
      if (number > lastShown() && restOfThread()) await moreComments(address(), number);
      for (let box = restOf(comment); box && proseOf(comment).textContent.length < end; box = restOf(comment)) await moreText(address(), box);
      return proseOf(comment);
    });

  async function comment(step) {
    const at = () => shownComments().findIndex((one) => one.classList.contains("current")) + step;
    if (step > 0 && at() >= shownComments().length && restOfThread()) await inTurn(() => moreComments(address()));
    moveTo(at());
  }

  return { reveal, comment };
}
