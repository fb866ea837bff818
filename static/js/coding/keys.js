// Which key does what. Never while a person types in a field, and never while a dialog is open.

const typing = (element) =>
  element.matches?.("textarea, select, [contenteditable]:not([contenteditable=false]), input:not([type=checkbox], [type=radio])");

const pressing = (element, key) => (key === "Enter" || key === " ") && element.closest?.("a, button, summary");

export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || pressing(event.target, event.key)) return;
    if (typing(event.target)) {
      if (event.key === "Escape") actions.leaveField(event.target);
      return;
    }
    const act = actions.keys[event.key] ?? actions.code(event.key);
    if (!act || (event.repeat && event.key === "Enter")) return;
    event.preventDefault();
    act();
  });
}
