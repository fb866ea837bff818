// What is clicked and typed on the screen, beside its keys.

import { showKeys } from "./compare.js";

export function controls({ form, submit, skip, changed }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.dataset.act === "skip") skip();
    else submit();
  });
  form.addEventListener("input", ({ target }) => target.id !== "filter" && target.name !== "answer" && changed());
  const keysButton = document.querySelector("[data-act=keys]");
  keysButton.hidden = false;
  keysButton.addEventListener("click", showKeys);
}
