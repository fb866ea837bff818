// Copies the text of the element that a button names; says so in the button for two seconds.

for (const button of document.querySelectorAll("button[data-copy]")) {
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      // Browsers keep the clipboard from pages without https: the text is marked instead.
      getSelection().selectAllChildren(source);
      button.textContent = "Marked: copy it with Ctrl+C";
    }
    setTimeout(() => { button.textContent = words; }, 2000);
  });
  button.hidden = false;
}
