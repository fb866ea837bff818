// Watches what is selected and pressed in the issue: selections by mouse, touch and keys, marks that are pointed at, the
// keys of codes while words are selected, and the arrows while the text is read by keys.

import { typing } from "../keys.js";

const PAUSE = 200;

export function watch({ article, reading, holds, passage, tieTo, leave, attendSelected, pointAt }) {
  let down = false;
  let timer = 0;

  const arrows = {
    ArrowDown: (event) => (event.shiftKey ? reading.widen("end", 1, "sentence") : reading.read(1)),
    ArrowUp: (event) => (event.shiftKey ? reading.widen("end", -1, "sentence") : reading.read(-1)),
    ArrowRight: (event) => (event.shiftKey ? reading.widen(event.altKey ? "start" : "end", 1, "word") : reading.read(1)),
    ArrowLeft: (event) => (event.shiftKey ? reading.widen(event.altKey ? "start" : "end", -1, "word") : reading.read(-1)),
  };
  const codeOf = (key) => /^[0-9a-z]$/.test(key) && document.querySelector(`.palette-codes [aria-keyshortcuts="${key}"]`)?.value;
  const inText = () => document.activeElement === document.body || article.contains(document.activeElement);

  function acts(event) {
    if (reading.reading() && inText() && arrows[event.key] && (!event.altKey || event.shiftKey)) return () => arrows[event.key](event);
    if (event.altKey) return null;
    if (event.key === "Escape") return (passage() || reading.reading()) && leave;
    const value = codeOf(event.key);
    return /^p?\d+$/.test(value || "") && passage() ? () => tieTo(value) : null;
  }

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
      const act = acts(event);
      if (!act) return;
      event.preventDefault();
      act();
    },
    true,
  );
  document.addEventListener("pointerdown", (event) => {
    down = true;
    if (!holds(event.target) && !article.contains(event.target)) leave();
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => (down = false));
  article.addEventListener("click", (event) => {
    if (event.target.closest("a, summary, input")) return;
    if (getSelection().isCollapsed) pointAt(event.clientX, event.clientY);
    else attendSelected();
  });
  // Selections by touch have no click at their end; those by the browser's own keys neither.
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => down || attendSelected(), PAUSE);
  });
}
