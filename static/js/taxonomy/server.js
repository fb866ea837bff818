// Asks the server for parts of this page, by the same addresses and templates as without this script.

const token = JSON.parse(document.body.getAttribute("hx-headers"));

export async function ask(url, { part, body }) {
  const headers = { ...token, "HX-Request": "true", "HX-Target": part };
  try {
    const response = await fetch(url, { method: body ? "POST" : "GET", body, headers, cache: "no-store" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return { page, status: response.status, url: response.url };
  } catch {
    return { page: new DOMParser().parseFromString("", "text/html"), status: 0, url };
  }
}

// Puts the parts of these names in place; false where the answer does not hold them.
export function put(page, ...parts) {
  for (const part of parts) {
    const fresh = page.getElementById(part);
    if (!fresh) return false;
    document.getElementById(part).replaceWith(document.adoptNode(fresh));
  }
  return true;
}

// What the answer says, and whether that is a refusal.
export function said({ page, status }) {
  const lines = [...page.querySelectorAll("[data-said] p")];
  const told = lines.map((line) => line.textContent.trim());
  const refused = lines.some((line) => line.dataset.level === "error");
  if (status === 0) return { told: "The server cannot be reached. Nothing was changed; try again.", refused: true };
  if (status === 404) return { told: "The code is not in the draft any more: someone else removed it.", refused: true };
  if (status >= 400 && !lines.length) return { told: "Nothing was changed. Load the page again to see why.", refused: true };
  return { told: told.join(" "), refused };
}
