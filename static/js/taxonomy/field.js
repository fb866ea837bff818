// A name typed where it will stand: over the code that is renamed, or behind or below the one it is added to.

let close = () => {};

// `keep` gets the name; `left` is called when the person lets it be.
export function typeName({ label, value = "", error = "", place, keep, left }) {
  close();
  const form = document.createElement("form");
  form.className = "name-field";
  const input = Object.assign(document.createElement("input"), { value, autocomplete: "off", maxLength: 1000 });
  input.setAttribute("aria-label", label);
  form.append(input);
  if (error) refuse(form, input, error);
  const undo = place(form);
  close = () => {
    form.remove();
    undo();
    close = () => {};
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    keep(input.value);
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    close();
    left();
  });
  input.focus();
  input.select();
}

function refuse(form, input, error) {
  const text = Object.assign(document.createElement("p"), { className: "error-text", id: "name-error", textContent: error });
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", text.id);
  form.append(text);
}

export function over(link) {
  return (form) => {
    link.hidden = true;
    link.after(form);
    return () => (link.hidden = false);
  };
}

export function behind(link) {
  return (form) => {
    const entry = document.createElement("li");
    entry.append(form);
    link.parentElement.after(entry);
    return () => entry.remove();
  };
}

export function within(link) {
  return (form) => {
    link.after(form);
    return () => {};
  };
}
