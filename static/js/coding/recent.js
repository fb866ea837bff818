// The codes used last, one click away where the list of codes is long.

const MOST = 6;

export function recent({ ids, codes }) {
  const box = document.querySelector("[data-recent]");
  let used = ids;

  function tell() {
    if (!box) return;
    const known = used.filter((id) => codes.nameOf(id));
    box.hidden = !known.length;
    box.querySelector("span").replaceChildren(
      ...known.map((id) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "slim", textContent: codes.nameOf(id) });
        button.addEventListener("click", () => codes.toggle(id));
        return button;
      }),
    );
  }

  function use({ codes: given }) {
    used = [...new Set([...given, ...used])].slice(0, MOST);
    tell();
  }

  tell();
  return { use };
}
