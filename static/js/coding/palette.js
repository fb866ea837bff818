// The codes: their keys, filter, walking, the definition of the code in focus, and what excludes what.

export function palette({ several, changed }) {
  const list = document.querySelector(".palette-codes");
  const filter = document.getElementById("filter");
  const isCode = (input) => /^p?\d+$/.test(input.value);
  let inputs = [...list.querySelectorAll("[name=answer]")];
  const item = (input) => input.closest("li");
  const nameOf = (value) => inputs.find((input) => input.value === String(value))?.closest("label").querySelector("span").textContent ?? "";
  const shown = () => inputs.filter((input) => !item(input).hidden && !input.closest("label").hidden);

  function exclude(input) {
    if (!input.checked) return;
    const alone = !several || !isCode(input); // “none of these” and the like go with no code
    const group = input.dataset.group;
    for (const other of inputs) {
      if (other !== input && (alone || !isCode(other) || (group && other.dataset.group === group))) other.checked = false;
    }
  }

  function settle(input) {
    exclude(input);
    tellChosen();
    current(input);
    changed();
  }

  function toggle(value) {
    const input = inputs.find((one) => one.value === String(value));
    if (!input) return;
    input.checked = !input.checked;
    settle(input);
    item(input).scrollIntoView({ block: "nearest" });
  }

  // What a key of a code does; nothing where no code has it.
  function shortcut(key) {
    const input = /^[0-9a-z]$/.test(key) && list.querySelector(`[aria-keyshortcuts="${key}"]`);
    return input ? () => toggle(input.value) : undefined;
  }

  function current(input) {
    for (const one of list.querySelectorAll(".current")) one.classList.remove("current");
    if (input) item(input).classList.add("current");
    const value = input?.value ?? "";
    for (const text of document.querySelectorAll("[data-definition]")) text.hidden = text.dataset.definition !== value;
  }

  function walk(step) {
    const open = shown();
    const at = open.indexOf(document.activeElement);
    const from = at >= 0 ? at : open.findIndex((input) => item(input).classList.contains("current"));
    const next = open[Math.min(Math.max(from + step, 0), open.length - 1)];
    next?.focus();
  }

  function tellChosen() {
    const chosen = inputs.filter((input) => input.checked).map((input) => nameOf(input.value));
    for (const box of list.querySelectorAll("li > label > small")) {
      const inside = box.closest("li").querySelectorAll("ul :checked").length;
      box.textContent = inside ? `${inside} inside` : "";
    }
    document.querySelector("[data-chosen]").replaceChildren(
      ...chosen.map((name) => Object.assign(document.createElement("li"), { textContent: name })),
    );
  }

  // On a phone the fields lie in the folded sheet; what cannot be seen cannot be typed in.
  function unfold() {
    if (!filter.offsetParent) location.replace("#palette");
  }

  function narrow() {
    const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (input) => words.every((word) => nameOf(input.value).toLowerCase().includes(word));
    for (const input of inputs) input.closest("label").hidden = !fits(input);
    for (const one of list.querySelectorAll(".gathers")) one.hidden = !one.parentElement.querySelector("label:not([hidden])");
    list.querySelector("[data-no-hit]").hidden = shown().length > 0;
  }

  function leave() {
    filter.value = "";
    narrow();
    document.getElementById("issue").focus({ preventScroll: true });
  }

  filter.addEventListener("input", narrow);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    const first = shown()[0];
    if (event.key === "Enter" && filter.value.trim() && first) toggle(first.value);
    leave();
  });
  list.addEventListener("change", (event) => settle(event.target));
  list.addEventListener("focusin", (event) => event.target.name === "answer" && current(event.target));
  list.addEventListener("pointerover", (event) => {
    const input = event.target.closest("label")?.querySelector("[name=answer]");
    if (input) current(input);
  });

  function reset() {
    leave();
    tellChosen();
    current(inputs.find((input) => input.checked));
    list.scrollTop = 0;
  }

  // The rater's own proposals: they come and go while the page stays.
  function add(value, told) {
    list.querySelector("[data-proposals]").insertAdjacentHTML("beforeend", told.item);
    document.querySelector(".definition").insertAdjacentHTML("beforeend", told.definition);
    inputs = [...list.querySelectorAll("[name=answer]")];
    toggle(value);
  }

  function replace(value, told) {
    list.querySelector(`[data-code="${value}"] span`).textContent = told.name;
    document.querySelector(`[data-definition="${value}"]`).outerHTML = told.definition;
    current(inputs.find((input) => input.value === value));
    tellChosen();
  }

  function remove(value) {
    for (const part of document.querySelectorAll(`[data-code="${value}"], [data-definition="${value}"]`)) part.remove();
    inputs = inputs.filter((input) => input.value !== value);
    reset();
    changed();
  }

  return { add, replace, remove, shortcut, toggle, walk, reset, nameOf, unfold, focusFilter: () => (unfold(), filter.focus(), filter.select()) };
}
