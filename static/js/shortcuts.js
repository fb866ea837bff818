// "/" moves the focus to the field marked data-shortcut="/", unless the person is typing.

const typing = (element) =>
  element instanceof Element && element.closest("input, textarea, select, [contenteditable]:not([contenteditable=false])");

function target(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  if (event.key !== "/" || typing(event.target)) return null;
  return document.querySelector('[data-shortcut="/"]');
}

document.addEventListener("keydown", (event) => {
  const field = target(event);
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
