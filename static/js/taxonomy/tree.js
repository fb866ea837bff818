// The codes as a tree: one of them in the tab order, walked by arrow keys, opened and closed, found by its letters.

const PAUSE = 700;

export function tree(editor, keys) {
  const closed = new Set();
  let active = "";
  let letters = "";
  let timer = 0;

  const all = () => [...editor.querySelectorAll(".tree a[data-uid]")];
  const shown = () => all().filter((link) => link.offsetParent);
  const item = (uid) => editor.querySelector(`.tree a[data-uid="${uid}"]`);
  const below = (link) => link.parentElement.querySelector(":scope > ul");
  const above = (link) => link.parentElement.parentElement.closest("li")?.querySelector(":scope > a");
  const nameOf = (link) => link.querySelector("span:not(.swatch)").textContent;

  function prepare() {
    const root = editor.querySelector(".tree");
    if (root) branch(root, 1);
    root?.setAttribute("role", "tree");
    const open = editor.querySelector(".tree [aria-current]") ?? all()[0];
    const kept = item(active) ?? open;
    if (kept) kept.tabIndex = 0;
  }

  function branch(list, level) {
    list.setAttribute("role", "group");
    for (const { firstElementChild: link, lastElementChild: group } of list.children) {
      link.parentElement.setAttribute("role", "none");
      link.setAttribute("role", "treeitem");
      link.setAttribute("aria-level", level);
      link.tabIndex = -1;
      link.draggable = true;
      if (group === link) continue;
      link.prepend(Object.assign(document.createElement("i"), { className: "twist" }));
      branch(group, level + 1);
      fold(link);
    }
  }

  function fold(link) {
    const isClosed = closed.has(link.dataset.uid);
    below(link).hidden = isClosed;
    link.setAttribute("aria-expanded", String(!isClosed));
  }

  function toggle(link, close) {
    closed[close ? "add" : "delete"](link.dataset.uid);
    fold(link);
  }

  function reveal(link) {
    for (let one = above(link); one; one = above(one)) toggle(one, false);
  }

  function focus(link) {
    if (!link) return;
    for (const one of editor.querySelectorAll(".tree [tabindex='0']")) one.tabIndex = -1;
    active = link.dataset.uid;
    link.tabIndex = 0;
    reveal(link);
    link.focus();
  }

  function step(link, by) {
    const links = shown();
    focus(links[links.indexOf(link) + by]);
  }

  const walks = {
    ArrowDown: (link) => step(link, 1),
    ArrowUp: (link) => step(link, -1),
    Home: () => focus(shown()[0]),
    End: () => focus(shown().at(-1)),
    ArrowRight: (link) => below(link) && (closed.has(link.dataset.uid) ? toggle(link, false) : step(link, 1)),
    ArrowLeft: (link) => (below(link) && !closed.has(link.dataset.uid) ? toggle(link, true) : focus(above(link))),
  };

  function find(link, letter) {
    clearTimeout(timer);
    timer = setTimeout(() => (letters = ""), PAUSE);
    letters += letter.toLowerCase();
    const links = shown();
    const at = links.indexOf(link) + (letters.length === 1 ? 1 : 0);
    const fits = (one) => nameOf(one).toLowerCase().startsWith(letters);
    focus([...links.slice(at), ...links.slice(0, at)].find(fits));
  }

  function pressed(event) {
    const link = event.target.closest("[role=treeitem]");
    if (!link || event.isComposing) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const letter = event.key.length === 1;
    const plain = letter && !ctrl && !event.altKey;
    const shift = event.shiftKey && !plain;
    const name = [ctrl && "Ctrl", event.altKey && "Alt", shift && "Shift", plain ? event.key : letter ? event.key.toLowerCase() : event.key];
    const act = keys[name.filter(Boolean).join("+")] ?? (!ctrl && !event.altKey && !shift && walks[event.key]);
    if (act) act(link);
    else if (plain && event.key !== " ") find(link, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  editor.addEventListener("keydown", pressed);
  editor.addEventListener("focusin", ({ target }) => target.dataset?.uid && target.closest(".tree") && (active = target.dataset.uid));
  editor.addEventListener("click", (event) => {
    const twist = event.target.closest(".twist");
    if (!twist) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const link = twist.closest("a");
    toggle(link, !closed.has(link.dataset.uid));
  });

  return { prepare, focus, item, all, shown, below, nameOf, active: () => active };
}
