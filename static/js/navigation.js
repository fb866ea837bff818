// The top bar: the current section is brought into view on a narrow screen; menus close on Escape or a click elsewhere.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.querySelector(".sections [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
