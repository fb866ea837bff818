// Which key does what. Never while a person types in a field, and never while a dialog is open.

const DEFAULTS = {
  submit: "Enter",
  takeBack: "Backspace",
  before: "[",
  after: "]",
  list: "G",
  past: "O",
  filter: "/",
  tie: "e",
  general: "E",
  change: "C",
  read: "R",
  down: "ArrowDown",
  up: "ArrowUp",
  nextComment: "j",
  lastComment: "k",
  find: "T",
  none: "0",
  unclear: "u",
  offTopic: "-",
  memo: "m",
  flag: "f",
  propose: "n",
  skip: "s",
  help: "?",
};

export const typing = (element) =>
  element.matches?.("textarea, select, [contenteditable]:not([contenteditable=false]), input:not([type=checkbox], [type=radio])");

const pressing = (element, key) => (key === "Enter" || key === " ") && element.closest?.("a, button, summary");

// `own` are keys of this round alone: they come before all others. `meant` tells which key a pressed one stands for.
export function listen({ actions, own = {}, code, leaveField, meant }) {
  const names = new Map(Object.entries(DEFAULTS).map(([name, key]) => [key, name]));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || pressing(event.target, event.key)) return;
    if (typing(event.target)) {
      if (event.key === "Escape") leaveField(event.target);
      return;
    }
    const key = meant(event.key);
    const act = own[key] ?? actions[names.get(key)] ?? code(key);
    if (!act || (event.repeat && key === "Enter")) return;
    event.preventDefault();
    act();
  });
}
