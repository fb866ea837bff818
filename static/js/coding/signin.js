// A session that ended is taken up again over the page, so that nothing on it goes away.

import { ask, Refused } from "./server.js";
import * as status from "./status.js";

const UNREACHED = "The server cannot be reached. Try again in a moment; what you wrote is kept.";
const OTHER = "Somebody else is signed in in this browser. Sign them out in another tab, then try again; what you wrote is kept.";

const writing = (element) => element?.matches("textarea, [type=search], [type=text]") && !element.closest("dialog");

export function signIn({ address, check, count, regained }) {
  const dialog = document.getElementById("sign-in");
  const form = dialog.querySelector("form");
  const box = dialog.querySelector("[data-refused]");

  function say(text) {
    box.textContent = text;
    box.hidden = !text;
  }

  function show() {
    if (dialog.open) return;
    dialog.querySelector("[data-kept]").textContent = count() ? `${count()} kept on this computer.` : "What you wrote is kept on this computer.";
    say("");
    dialog.showModal();
    form.elements.password.focus();
  }

  // Nobody is interrupted in the middle of a word.
  function signedOut() {
    const first = !status.tellsSignedOut();
    status.signedOut(count(), show);
    if (!first) return;
    if (writing(document.activeElement)) document.activeElement.addEventListener("blur", show, { once: true });
    else show();
  }

  async function send() {
    const options = { redirect: "manual", credentials: "same-origin" };
    const page = await fetch(address, options); // brings the token that the form is sent with
    if (page.type === "opaqueredirect") return "";
    const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams(new FormData(form));
    body.set("csrfmiddlewaretoken", token);
    const told = await fetch(address, { ...options, method: "POST", body });
    if (told.type === "opaqueredirect") return "";
    const refusal = new DOMParser().parseFromString(await told.text(), "text/html").querySelector("main [role=alert], main .error-text");
    return refusal?.textContent.trim() || "The server did not take it. Try again.";
  }

  // Whoever is signed in now must be the one whose answers are on this page.
  async function isOther() {
    try {
      await ask(check());
      return false;
    } catch (error) {
      if (error instanceof Refused) return error.status === 404;
      throw error;
    }
  }

  async function enter() {
    try {
      const refused = (await send()) || ((await isOther()) ? OTHER : "");
      form.elements.password.value = "";
      if (refused) return say(refused);
    } catch {
      return say(UNREACHED);
    }
    dialog.close();
    status.saving();
    regained();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  return signedOut;
}
