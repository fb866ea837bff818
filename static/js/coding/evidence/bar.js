// The bar beside a selection or a mark: what it supports, and what can be done with it.

const MARGIN = 8;

export function bar({ article, act }) {
  const element = document.getElementById("evidence-bar");
  const part = (name) => element.querySelector(`[data-${name}]`);
  const select = element.querySelector("select");
  let range = null;
  let code = null;

  function tied({ value, name }) {
    const item = document.createElement("li");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "slim quiet", textContent: "×" });
    button.setAttribute("aria-label", `Untie from ${name}`);
    button.addEventListener("click", () => act.untie(value));
    item.append(name, button);
    return item;
  }

  // `codes` are all that can be tied: [{ value, name, chosen }].
  function show(shown, { ties, focused, codes, marked, near }) {
    range = shown;
    code = focused;
    part("ties").replaceChildren(...ties.map(tied));
    part("tie").hidden = !focused || ties.some(({ value }) => value === focused.value);
    part("focused").textContent = focused?.name ?? "";
    part("general").hidden = marked;
    part("remove").hidden = !marked;
    part("move").hidden = !near;
    const free = codes.filter(({ value }) => !ties.some((tie) => tie.value === value));
    const option = ({ value, name }) => new Option(name, value);
    select.replaceChildren(new Option(ties.length ? "Another code …" : "Choose a code …", ""), ...free.map(option));
    element.hidden = false;
    settle();
  }

  // Below the passage where there is room, else above it; on a phone above the folded codes.
  function settle() {
    if (element.hidden || !range) return;
    const sheet = document.getElementById("palette");
    const bottom = getComputedStyle(sheet).position === "fixed" ? `${innerHeight - sheet.getBoundingClientRect().top + MARGIN}px` : "";
    Object.assign(element.style, { bottom, top: "", left: "" });
    if (bottom) return;
    const box = range.getBoundingClientRect();
    const view = article.getBoundingClientRect();
    const { offsetHeight: height, offsetWidth: width } = element;
    const below = box.bottom + MARGIN;
    const top = below + height < view.bottom ? below : Math.max(box.top - height - MARGIN, view.top);
    const left = Math.min(Math.max(box.left, view.left + MARGIN), Math.max(view.right - width - MARGIN, view.left));
    Object.assign(element.style, { top: `${Math.min(top, view.bottom - height)}px`, left: `${left}px` });
  }

  function hide() {
    element.hidden = true;
    range = null;
  }

  // A press on the bar must not take the selection away.
  element.addEventListener("pointerdown", (event) => event.target !== select && event.preventDefault());
  part("tie").addEventListener("click", () => act.tieTo(code.value));
  for (const name of ["general", "move", "remove"]) part(name).addEventListener("click", () => act[name]());
  select.addEventListener("change", () => select.value && act.tieTo(select.value));
  article.addEventListener("scroll", settle, { passive: true });
  addEventListener("resize", settle);
  return { show, hide, holds: (target) => element.contains(target) };
}
