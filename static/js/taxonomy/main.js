// The draft's editor: each gesture is a request whose answer replaces the tree; what is typed at the right stays.

import { drag } from "./drag.js";
import { behind, over, typeName, within } from "./field.js";
import { filter } from "./filter.js";
import { ask, put, said } from "./server.js";
import { tree } from "./tree.js";

const editor = document.getElementById("editor");
const { draft } = editor.dataset;
let taken = null; // the uid of the code that was taken up to be put elsewhere
let dirty = false;

const codeUrl = (uid, act = "") => `${draft}codes/${uid}/${act}`;
const openUid = () => location.pathname.match(/codes\/([0-9a-f-]{36})\//)?.[1];
const panelForm = () => editor.querySelector("[data-code]");
const parentOf = (link) => link.closest("ul")?.closest("li")?.querySelector(":scope > a")?.dataset.uid ?? "";

const list = tree(editor, {
  F2: (link) => rename(link.dataset.uid),
  "+": (link) => add("after", link.dataset.uid),
  "Shift+Insert": (link) => add("parent", link.dataset.uid),
  "Alt+Shift+ArrowUp": (link) => move(link, { step: "up" }),
  "Alt+Shift+ArrowDown": (link) => move(link, { step: "down" }),
  "Alt+Shift+ArrowRight": (link) => move(link, { step: "indent" }),
  "Alt+Shift+ArrowLeft": (link) => move(link, { step: "outdent" }),
  Delete: (link) => remove(link),
  "Ctrl+z": () => editor.querySelector("[data-gesture=undo]")?.requestSubmit(),
  "Ctrl+x": (link) => take(link),
  "Ctrl+v": (link) => taken && place(taken, "after", link.dataset.uid),
  "Ctrl+Shift+v": (link) => taken && place(taken, "below", link.dataset.uid),
  Escape: () => take(null),
  "/": () => names.focus(),
});
const names = filter(editor, list);

function tell(text) {
  editor.querySelector("[data-told]").textContent = text;
}

function settle() {
  list.prepare();
  names.narrow();
  for (const one of editor.querySelectorAll(".tree [aria-current]")) one.removeAttribute("aria-current");
  list.item(openUid())?.setAttribute("aria-current", "true");
  editor.querySelector("[data-count]").textContent = list.all().length;
}

// Does it, shows the tree as it is then, and gives what was said.
async function act(url, fields, { part = "codes", focus, parts = ["codes"] } = {}) {
  const body = fields instanceof FormData ? fields : new FormData();
  if (body !== fields) for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("since", document.getElementById("codes").dataset.latest);
  const answer = await ask(url, { part, body });
  const spoken = said(answer);
  if (!put(answer.page, ...parts) && answer.status) put((await ask(draft, { part: "codes" })).page, "codes");
  taken = null;
  settle();
  tell(spoken.told);
  if (focus) list.focus(list.item(focus) ?? list.all()[0]);
  return { ...spoken, url: answer.url };
}

async function rename(uid, { value, error } = {}) {
  const link = list.item(uid);
  if (!link) return;
  const seen = list.nameOf(link);
  async function keep(name) {
    const { refused, told } = await act(codeUrl(uid, "rename/"), { name, seen }, { focus: uid });
    if (refused) return rename(uid, { value: name, error: told });
    if (uid === openUid()) await refresh(() => retitle(name));
  }
  typeName({ label: `Name of “${seen}”`, value: value ?? seen, error, place: over(link), keep, left: () => list.focus(link) });
}

// The form at the right has the new name as well, where something else is typed in it.
function retitle(name) {
  const { seen, name: input } = panelForm().elements;
  const was = JSON.parse(seen.value);
  if (input.value === was.name) input.value = name;
  seen.value = JSON.stringify({ ...was, name });
}

async function add(how, uid, { value, error } = {}) {
  const link = list.item(uid);
  if (!link) return;
  async function keep(name) {
    const { refused, told, url } = await act(`${draft}codes/new/`, { name, [how]: uid });
    if (refused) return add(how, uid, { value: name, error: told });
    list.focus(list.item(url.match(/codes\/([0-9a-f-]{36})\//)?.[1]));
  }
  const place = how === "after" ? behind(link) : within(link);
  typeName({ label: "Name of the new code", value, error, place, keep, left: () => list.focus(link) });
}

async function move(link, fields) {
  const uid = link.dataset.uid;
  await act(codeUrl(uid, "move/"), { ...fields, seen: parentOf(link) }, { focus: uid });
  await refresh();
}

async function place(uid, where, target) {
  const seen = parentOf(list.item(uid));
  await act(codeUrl(uid, "move/"), { where, target, seen }, { focus: uid });
  await refresh();
}

function take(link) {
  for (const one of editor.querySelectorAll(".taken")) one.classList.remove("taken");
  if (!link && !taken) return;
  tell(link ? `“${list.nameOf(link)}” is taken up. Walk to another code and put it behind (Ctrl+V) or below (Ctrl+Shift+V) it.` : "It stays where it was.");
  taken = link?.dataset.uid ?? null;
  link?.classList.add("taken");
}

async function remove(link) {
  const links = list.shown();
  const next = links[links.indexOf(link) + 1] ?? links[links.indexOf(link) - 1];
  const { refused } = await act(codeUrl(link.dataset.uid, "remove/"), {}, { focus: link.dataset.uid });
  if (!refused && next) list.focus(list.item(next.dataset.uid));
  await refresh();
}

// The open code as it is now; left alone where something is typed.
async function refresh(otherwise = () => {}) {
  if (!panelForm() || !openUid()) return;
  if (dirty) return otherwise();
  const held = document.activeElement.closest("#panel") ? document.activeElement.value : null;
  await show(location.href);
  if (held) [...editor.querySelectorAll("#panel button")].find((one) => one.value === held && !one.disabled)?.focus();
}

async function show(url) {
  let answer = await ask(url, { part: "panel" });
  if (answer.status === 404) {
    history.replaceState(null, "", draft);
    answer = await ask(draft, { part: "panel" });
  }
  if (!put(answer.page, "panel")) return tell(said(answer).told);
  dirty = false;
  settle();
}

async function open(url, { push = true } = {}) {
  if (dirty && !confirm("What you typed is not kept yet. Leave it?")) return;
  if (push) history.pushState(null, "", url);
  await show(url);
  editor.querySelector("#panel h2")?.focus();
}

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  if (form.dataset.gesture) {
    const parts = form.dataset.gesture === "undo" ? ["codes", "settings"] : ["codes"];
    const inTree = form.closest("#codes");
    await act(form.action, body, { part: parts.length > 1 ? "editor" : "codes", parts });
    if (inTree) list.focus(list.item(list.active()) ?? list.all()[0]);
    return refresh();
  }
  if (form.closest("#settings")) {
    await act(form.action, body, { part: "editor", parts: ["codes", "settings"] });
    return editor.querySelector("#settings summary").focus();
  }
  const { url, refused } = await act(form.action, body, { part: "editor", parts: ["codes", "panel"] });
  dirty = refused;
  if (!refused && url !== location.href) history.pushState(null, "", url);
  settle();
  (editor.querySelector("#panel [aria-invalid=true]") ?? editor.querySelector("#panel h2"))?.focus();
}

editor.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});
editor.addEventListener("click", (event) => {
  const link = event.target.closest(".tree a[data-uid], a[data-add], #panel a.button");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link.href);
});
editor.addEventListener("dblclick", (event) => {
  const link = event.target.closest(".tree a[data-uid]");
  if (link) rename(link.dataset.uid);
});
editor.addEventListener("input", ({ target }) => target.closest("[data-code]") && (dirty = true));
addEventListener("popstate", () => open(location.href, { push: false }));
addEventListener("beforeunload", (event) => dirty && event.preventDefault());
drag(editor, place);
editor.querySelector("[data-keys]").hidden = false;
settle();
document.documentElement.dataset.ready = "taxonomy";
