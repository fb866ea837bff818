// A list's filters apply as soon as one is changed; without this script, its button does.

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", (event) => {
    if (event.target.type !== "search" && event.target.type !== "date") form.requestSubmit();
  });
}
