// Picking up a card and putting it on another, by mouse or by keys. The form that is sent is the one the buttons send.

const board = document.querySelector("[data-board]");
const drop = document.querySelector("[data-drop]");
const told = document.querySelector("[data-told]");
const cards = board ? [...board.querySelectorAll("[data-card]")] : [];
let held = null;
let target = null;

const say = (text) => (told.textContent = text);
const grip = (card) => card.querySelector("[data-grab]");

function aim(card) {
  target?.removeAttribute("data-target");
  target = card === held ? null : card;
  target?.setAttribute("data-target", "");
}

function pick(card) {
  held = card;
  card.setAttribute("data-held", "");
  grip(card).setAttribute("aria-pressed", "true");
  say(`${card.dataset.name} is picked up. Choose a card with the arrows.`);
}

function leave() {
  if (!held) return;
  held.removeAttribute("data-held");
  grip(held).setAttribute("aria-pressed", "false");
  aim(held);
  say(`${held.dataset.name} stays where it was.`);
  held = null;
}

function put() {
  if (!target) return leave();
  drop.elements.card.value = held.dataset.card;
  drop.elements.seen.value = held.dataset.seen;
  drop.elements.onto.value = `${target.dataset.card}|${target.dataset.seen}`;
  drop.submit();
}

function choose(step) {
  const others = cards.filter((card) => card !== held);
  const at = others.indexOf(target);
  const next = at < 0 ? (step > 0 ? 0 : others.length - 1) : (at + step + others.length) % others.length;
  aim(others[next]);
  target.scrollIntoView({ block: "nearest" });
  say(`Onto ${target.dataset.name}. Space puts it there.`);
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function pressed(event) {
  if (event.key in STEPS && held) choose(STEPS[event.key]);
  else if (event.key === "Escape" && held) leave();
  else return;
  event.preventDefault();
}

for (const card of cards.length > 1 ? cards : []) {
  const button = grip(card);
  button.hidden = false;
  // Space and Enter are a click on a button; so a click picks up, and puts down.
  button.addEventListener("click", () => (held ? put() : pick(card)));
  button.addEventListener("keydown", pressed);
  button.addEventListener("blur", leave);
  card.draggable = true;
  card.addEventListener("dragstart", () => pick(card));
  card.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    aim(card);
  });
  card.addEventListener("drop", (event) => {
    event.preventDefault();
    put();
  });
  card.addEventListener("dragend", leave);
}

document.querySelector("[data-hint]")?.removeAttribute("hidden");
const at = document.querySelector("[data-at]");
at?.scrollIntoView({ block: "nearest" });
(at?.querySelector("[data-grab]:not([hidden])") ?? at?.querySelector("a, button"))?.focus({ preventScroll: true });
document.documentElement.dataset.ready = "board";
