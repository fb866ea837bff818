// j and k go through the queue of disagreements, unless the person is typing.

const typing = (element) => element.closest?.("textarea, select, input:not([type=checkbox], [type=radio])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "j" || event.key === "k") document.querySelector(`[data-key="${event.key}"]`)?.click();
});
