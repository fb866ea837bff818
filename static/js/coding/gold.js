// Gold answers that the round shows as soon as an answer is in, over the next issue, until the rater goes on.

export function showGold(key, html) {
  const dialog = document.getElementById("gold");
  dialog.querySelector("[data-gold]").innerHTML = html; // made by the server
  dialog.querySelector("h2").textContent = `The gold answer of ${key}`;
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}
