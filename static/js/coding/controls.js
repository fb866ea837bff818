// What is clicked and typed on the screen, beside its keys.

import { showKeys } from "./compare.js";

export function controls({ form, submit, skip, changed, find }) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { act, answer } = event.submitter?.dataset ?? {};
    if (act === "skip") skip();
    else submit(answer ? { outcome: answer } : {});
  });
  form.addEventListener("input", ({ target }) => target.id !== "filter" && target.name !== "answer" && changed());
  for (const [name, act] of Object.entries({ keys: showKeys, find })) {
    const button = document.querySelector(`[data-act=${name}]`);
    button.hidden = false;
    button.addEventListener("click", act);
  }
}
