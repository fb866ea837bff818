// Screening: does the issue belong? The answers are buttons, and keys, that submit at once and go on.

const KEYS = { y: "in", n: "out", u: "unclear" };
const buttons = () => [...document.querySelectorAll("[data-answer]")];

// The outcome pressed, "" for none yet; undefined where the round asks for codes.
export function pressed() {
  const asked = buttons();
  return asked.length ? (asked.find((one) => one.getAttribute("aria-pressed") === "true")?.value ?? "") : undefined;
}

export function press(outcome) {
  for (const one of buttons()) one.setAttribute("aria-pressed", String(one.value === outcome));
}

export function screeningKeys(submit) {
  if (!buttons().length) return {};
  return Object.fromEntries(Object.entries(KEYS).map(([key, outcome]) => [key, () => submit({ outcome })]));
}
