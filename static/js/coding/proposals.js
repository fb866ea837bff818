// Proposing a code of one's own: asked in a dialog, sent with an id of its own, ticked once the server has it.

import { selected } from "./rest.js";
import { ask, Refused, SignedOut } from "./server.js";
import { uuid } from "./uuid.js";

const UNREACHED = "The server cannot be reached. Your words are kept here; try again in a moment.";

export function proposals({ address, allowed, current, codes, signedOut }) {
  const dialog = document.getElementById("propose");
  const form = dialog?.querySelector("form");
  let sending = null; // what one opening of the dialog is about: where it goes, and its id

  function open({ url, name = "", sentence = "", quote = "", reword = 0 }) {
    sending = { url, reword, client_id: uuid() };
    form.elements.name.value = name;
    form.elements.sentence.value = sentence;
    form.elements.quote.value = quote;
    form.elements.quote.closest(".field").hidden = Boolean(reword);
    dialog.querySelector("h2").textContent = reword ? "Reword your proposal" : "Propose a code";
    refuse("");
    dialog.showModal();
    form.elements.name.focus();
  }

  function refuse(text, alike = false) {
    const box = dialog.querySelector("[data-why]");
    box.textContent = text;
    box.hidden = !text;
    dialog.querySelector("[data-anyway]").hidden = !alike;
  }

  function propose() {
    if (allowed) open({ url: `${address}issues/${current()}/proposals/`, quote: selected() });
  }

  async function send(anyway) {
    const { url, reword, client_id } = sending;
    const said = Object.fromEntries(new FormData(form));
    try {
      const told = await ask(url, { ...said, client_id, anyway });
      dialog.close();
      if (reword) codes.replace(`p${told.id}`, told);
      else codes.add(`p${told.id}`, told);
    } catch (error) {
      if (error instanceof SignedOut) signedOut();
      refuse(error instanceof Refused ? error.message : UNREACHED, error.told?.alike);
    }
  }

  async function withdraw(id) {
    try {
      await ask(`${address}proposals/${id}/withdraw/`, {});
      codes.remove(`p${id}`);
    } catch (error) {
      codes.refuse(error instanceof Refused ? error.message : UNREACHED);
    }
  }

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter?.hasAttribute("data-anyway") ?? false);
  });
  dialog?.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  document.querySelector("[data-propose]")?.addEventListener("click", propose);
  document.querySelector(".definition").addEventListener("click", ({ target }) => {
    const { reword, name, sentence, withdraw: id } = target.dataset;
    if (reword) open({ url: `${address}proposals/${reword}/`, name, sentence, reword });
    if (id) withdraw(id);
  });
  return { propose };
}
