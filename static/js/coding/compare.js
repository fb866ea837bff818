// Questions that the screen asks: why an issue is skipped, and which of two answers stands.

import { describe } from "./answer.js";

function asked(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
    dialog.showModal();
  });
}

const lines = (answer, nameOf) =>
  describe(answer, nameOf).map((text) => Object.assign(document.createElement("p"), { textContent: text }));

export async function compare({ sentence, mine, theirs, nameOf }) {
  const dialog = document.getElementById("compare");
  if (dialog.open) return "";
  dialog.querySelector("[data-sentence]").textContent = sentence;
  dialog.querySelector("[data-mine]").replaceChildren(...lines(mine, nameOf));
  dialog.querySelector("[data-theirs]").replaceChildren(...lines(theirs, nameOf));
  return asked(dialog);
}

export async function reasonToSkip(memo) {
  const dialog = document.getElementById("skip");
  const field = dialog.querySelector("#reason");
  field.value = memo;
  return (await asked(dialog)) === "skip" ? field.value.trim() : "";
}

export function showKeys() {
  const dialog = document.getElementById("keys");
  dialog.querySelector("a").search = location.search; // back to this issue
  return asked(dialog);
}
