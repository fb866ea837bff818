// The one line that says what is saved.

const line = () => document.querySelector(".saved");

export const clock = (time = new Date()) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

function say(text, { unsaved = false, link = null } = {}) {
  const element = line();
  element.classList.toggle("unsaved", unsaved);
  if (element.textContent === text && !link) return;
  element.textContent = text;
  if (!link) return;
  const anchor = document.createElement("a");
  anchor.href = link.href;
  anchor.target = "_blank";
  anchor.textContent = link.text;
  element.append(" ", anchor);
}

export const saving = () => say("Saving …");
export const saved = (time) => say(`Saved ${clock(time)}`);
export const offline = (count) => say(`Offline, ${count} kept on this computer`, { unsaved: true });
export const signedOut = (href, count) =>
  say(`You are signed out; ${count ? `${count} kept on this computer.` : "what you type is kept here."}`, { unsaved: true, link: { href, text: "Sign in again" } });
export const note = (text) => say(text);

export function refusal(text) {
  const box = document.querySelector("[data-refusal]");
  box.hidden = !text;
  box.lastElementChild.textContent = text;
}
