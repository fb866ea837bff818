// Shows the codes whose names hold the words, with what stands above them.

export function filter(editor, list) {
  const box = editor.querySelector("[data-filter]");
  const input = box.querySelector("input");
  box.hidden = false;

  function narrow() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (link) => words.every((word) => list.nameOf(link).toLowerCase().includes(word));
    editor.querySelector(".tree")?.classList.toggle("filtered", words.length > 0);
    for (const link of list.all().reverse()) {
      const group = list.below(link);
      link.parentElement.hidden = !fits(link) && !(group && [...group.children].some((one) => !one.hidden));
    }
    editor.querySelector("[data-no-hit]").hidden = !words.length || list.all().some((link) => !link.parentElement.hidden);
  }

  function leave() {
    input.value = "";
    narrow();
  }

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Escape") leave();
    list.focus(event.key === "Escape" ? (list.item(list.active()) ?? list.all()[0]) : list.shown()[0]);
  });
  return { narrow, leave, focus: () => (input.focus(), input.select()) };
}
