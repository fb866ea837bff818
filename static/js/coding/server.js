// One way to talk to the server, and three ways in which it can fail.

export class Unreachable extends Error {}
export class SignedOut extends Error {}
export class Refused extends Error {
  constructor(status, told) {
    super(told.detail ?? "The server did not take it.");
    this.status = status;
    this.told = told;
  }
}

// Read each time: signing in again in another tab brings a new one.
const token = () => document.cookie.match(/(?:^|; )intercoder_csrf=([^;]+)/)?.[1] ?? "";

async function send(url, body, keepalive) {
  const post = { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token() } };
  try {
    return await fetch(url, { ...(body ? post : {}), keepalive, redirect: "manual", credentials: "same-origin" });
  } catch {
    throw new Unreachable();
  }
}

export async function ask(url, body, { keepalive = false } = {}) {
  const response = await send(url, body, keepalive);
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (response.status >= 500) throw new Unreachable();
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, told);
  return told;
}

// A piece of a page, as the server writes it.
export async function fragment(url) {
  let response;
  try {
    response = await fetch(url, { headers: { "HX-Request": "true" }, redirect: "manual", credentials: "same-origin" });
  } catch {
    throw new Unreachable();
  }
  if (response.type === "opaqueredirect") throw new SignedOut();
  if (!response.ok) throw new Unreachable();
  return response.text();
}
