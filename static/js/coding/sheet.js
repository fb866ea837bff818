// A page of the server in a dialog: the list of the rater's issues, their own codings. Asked for a page at a time,
// filtered by the server, left by going to an issue.

import { fragment, SignedOut } from "./server.js";

const UNREACHED = "The server cannot be reached. The list comes when it can.";

export function sheet({ name, query, go, signedOut }) {
  const dialog = document.getElementById(name);
  const box = dialog.querySelector("[data-list]");
  const link = document.querySelector(`[data-act=${name}]`);

  async function load(url) {
    try {
      box.innerHTML = await fragment(url);
    } catch (error) {
      if (error instanceof SignedOut) return signedOut();
      box.textContent = UNREACHED;
    }
  }

  const field = () => box.querySelector("[type=search]");

  async function open() {
    if (dialog.open) return;
    const asked = new URLSearchParams(query()); // before the dialog takes the selection away
    dialog.showModal();
    await load(`${link.pathname}?${asked}`);
    field()?.focus();
    box.querySelector("tr[aria-current]")?.scrollIntoView({ block: "center" });
  }

  // The keyboard's place stays in the dialog when what held it is replaced.
  async function turn(url) {
    await load(url);
    (box.querySelector("tbody a") ?? field())?.focus();
  }

  box.addEventListener("submit", (event) => {
    event.preventDefault();
    turn(`${link.pathname}?${new URLSearchParams(new FormData(event.target))}`);
  });
  box.addEventListener("change", ({ target }) => target.matches("select") && target.form.requestSubmit());
  box.addEventListener("click", (event) => {
    const target = event.target.closest("a");
    if (!target || target.target) return;
    event.preventDefault();
    if (!target.dataset.issue) return turn(link.pathname + target.search);
    dialog.close();
    go(Number(target.dataset.issue));
  });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  return { open };
}
