// Keys that a person has changed: what is pressed becomes the key that it stands for, and the caps on the screen tell it.

const SIGNS = { Enter: "↵", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Backspace: "Backspace" };
const KEYS = Object.fromEntries(Object.entries(SIGNS).map(([key, sign]) => [sign, key]));

export function ownKeys({ chosen, off }) {
  const standsFor = new Map(Object.entries(chosen).map(([key, pressed]) => [pressed, key]));

  function tell() {
    document.documentElement.dataset.keys = off ? "off" : "on";
    for (const cap of document.querySelectorAll("kbd:not(dd kbd)")) {
      const key = KEYS[cap.textContent] ?? cap.textContent;
      if (key in chosen) cap.textContent = SIGNS[chosen[key]] ?? chosen[key];
    }
    for (const element of document.querySelectorAll("[aria-keyshortcuts]")) {
      const key = element.getAttribute("aria-keyshortcuts");
      if (off) element.removeAttribute("aria-keyshortcuts");
      else if (key in chosen) element.setAttribute("aria-keyshortcuts", chosen[key]);
    }
  }

  // "" for a key that does nothing any more.
  function meant(pressed) {
    if (off) return "";
    return standsFor.get(pressed) ?? (pressed in chosen ? "" : pressed);
  }

  tell();
  return meant;
}
