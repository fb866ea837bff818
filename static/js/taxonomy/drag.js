// A code is dragged before, behind or onto another one. Each way has its keys too.

const EDGE = 0.3; // of a row's height: before it at its upper edge, behind it at its lower one, below it between

export function drag(editor, drop) {
  let taken = "";
  const at = (event) => event.target.closest?.(".tree a[data-uid]");

  function where(event, link) {
    const { top, height } = link.getBoundingClientRect();
    const share = (event.clientY - top) / height;
    return share < EDGE ? "before" : share > 1 - EDGE ? "after" : "below";
  }

  function mark(link, place) {
    for (const one of editor.querySelectorAll("[data-drop]")) delete one.dataset.drop;
    if (link) link.dataset.drop = place;
  }

  editor.addEventListener("dragstart", (event) => {
    const link = at(event);
    taken = link?.dataset.uid ?? "";
    if (taken) event.dataTransfer.effectAllowed = "move";
  });
  editor.addEventListener("dragover", (event) => {
    const link = taken && at(event);
    if (!link) return;
    event.preventDefault();
    mark(link, where(event, link));
  });
  editor.addEventListener("drop", (event) => {
    const link = taken && at(event);
    if (!link) return;
    event.preventDefault();
    if (link.dataset.uid !== taken) drop(taken, where(event, link), link.dataset.uid);
  });
  editor.addEventListener("dragend", () => {
    taken = "";
    mark(null);
  });
}
