// The one line that says what is saved.

const line = () => document.querySelector(".saved");

export const clock = (time = new Date()) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

function say(text, { unsaved = false } = {}) {
  const element = line();
  element.classList.toggle("unsaved", unsaved);
  if (element.textContent !== text) element.textContent = text;
}

export const saving = () => say("Saving …");
export const saved = (time) => say(`Saved ${clock(time)}`);
export const offline = (count) => say(`Offline, ${count} kept on this computer`, { unsaved: true });
const AGAIN = "Sign in again";

export const tellsSignedOut = () => Boolean(line().querySelector("button"));

export function signedOut(count, again) {
  if (!tellsSignedOut()) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "slim", textContent: AGAIN });
    button.addEventListener("click", again);
    line().replaceChildren("", " ", button);
  }
  line().classList.add("unsaved");
  line().firstChild.data = `You are signed out; ${count ? `${count} kept on this computer.` : "what you type is kept here."}`;
}

export const note = (text) => say(text);

export function refusal(text) {
  const box = document.querySelector("[data-refusal]");
  box.hidden = !text;
  box.lastElementChild.textContent = text;
}
