// A field that holds a key takes the key that is pressed in it. Tab leaves it, as everywhere.

const NOT_KEYS = ["Tab", "Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified", "Escape"];

document.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-key-field]") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (NOT_KEYS.includes(event.key)) return;
  event.preventDefault();
  event.target.value = event.key;
  event.target.select();
});
