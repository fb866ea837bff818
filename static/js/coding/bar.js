// The bar at the top: how many are done, and the ways to the issue before and the one after.

const links = () => document.querySelectorAll("[data-go]");

export function progress(done) {
  document.querySelector("[data-done]").textContent = done;
  document.querySelector(".coded progress").value = done;
}

export function neighbours({ assignment, before, after }) {
  for (const link of links()) {
    const id = link.dataset.go === "before" ? before : after;
    link.setAttribute("aria-disabled", String(!id));
    link.href = `?issue=${id ?? assignment}`;
  }
}

export function whenAsked(go) {
  for (const link of links()) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(link.dataset.go);
    });
  }
}
