// Mapping by keyboard: the focus walks through the relations of their codes; digits set them. Without this script the
// same form is filled in by hand.

const form = document.querySelector("#mapping");
const filter = document.querySelector("#q");
const none = form.querySelector("#none");
const chosen = document.querySelector("#chosen");
const rows = [...form.querySelectorAll(".matches .match")];
const RELATIONS = ["exact", "close", "broader", "narrower", "related"];
let changed = false;

const relation = (row) => row.querySelector("select");
const reason = (row) => row.querySelector("input:not([type=checkbox])");
const name = (row) => row.querySelector("label").textContent;
const shown = () => rows.filter((row) => !row.hidden);
const rowOf = (element) => element.closest?.(".matches .match");
const typing = (element) => element.matches?.("textarea, input:not([type=checkbox])");

function tell() {
  const related = rows.filter((row) => relation(row).value).map((row) => `${relation(row).value}: ${name(row)}`);
  if (none.checked) related.push("no counterpart");
  chosen.textContent = related.join("; ") || "Nothing chosen yet.";
}

function touch(element) {
  changed = true;
  if (element === none && none.checked) for (const row of rows) relation(row).value = "";
  if (element.matches("select") && element.value) none.checked = false;
  tell();
}

function give(row, value) {
  if (!row) return;
  relation(row).value = relation(row).value === value ? "" : value;
  touch(relation(row));
}

function walk(step) {
  const visible = shown();
  const at = visible.indexOf(rowOf(document.activeElement));
  const next = visible[at < 0 ? 0 : Math.min(Math.max(at + step, 0), visible.length - 1)];
  if (next) relation(next).focus();
}

function go(where) {
  const link = document.querySelector(`[data-go="${where}"]`);
  if (!link) return;
  if (!changed) return link.click();
  form.elements.go.value = where;
  save();
}

function save() {
  form.requestSubmit();
}

const KEYS = {
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  Backspace: (row) => give(row, ""),
  Delete: (row) => give(row, ""),
  0: () => {
    none.checked = !none.checked;
    touch(none);
    if (none.checked) reason(none.closest(".match")).focus();
  },
  r: (row) => row && relation(row).value && reason(row).focus(),
  "/": () => filter.select(),
  Enter: save,
  j: () => go("after"),
  k: () => go("before"),
};
RELATIONS.forEach((value, at) => (KEYS[at + 1] = (row) => give(row, value)));

function leave(field) {
  if (field === filter) walk(0);
  else (rowOf(field) ? relation(rowOf(field)) : none).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  const at = event.target;
  if (typing(at)) {
    if (event.key === "Escape" || (at === filter && ["Enter", "ArrowDown"].includes(event.key))) {
      event.preventDefault();
      leave(at);
    }
    return;
  }
  if (event.key === "Enter" && at.closest?.("a, button, summary")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act(rowOf(at));
});

filter.addEventListener("input", () => {
  const asked = filter.value.trim().toLowerCase();
  for (const row of rows) {
    row.hidden = !relation(row).value && !row.querySelector("div").textContent.toLowerCase().includes(asked);
  }
});

form.addEventListener("input", (event) => touch(event.target));
form.addEventListener("submit", () => (changed = false));
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

tell();
relation(rows.find((row) => relation(row).value) ?? rows[0] ?? form)?.focus();
