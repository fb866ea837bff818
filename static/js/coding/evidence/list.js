// The quotes beside their codes: each leads to its place, and can be untied there. What is tied to no chosen code
// stands below all codes.

const SHOWN = 90;
const WHERE = { here: "", gone: "the text has changed", folded: "not shown now" };

export function list({ nameOf, act }) {
  const palette = document.querySelector(".palette-codes");
  const general = palette.querySelector("[data-general]");
  const short = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

  function button(className, text, name) {
    const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: text });
    made.setAttribute("aria-label", name);
    return made;
  }

  function item(mark, value) {
    const made = document.createElement("li");
    const words = `“${short(mark.exact.replace(/\s+/g, " "))}”`;
    const jump = button("quote", words, `Quote ${value ? `for ${nameOf(value)}` : "for the issue as a whole"}: ${words}`);
    jump.dataset.state = mark.state;
    if (WHERE[mark.state]) jump.append(Object.assign(document.createElement("small"), { textContent: WHERE[mark.state] }));
    if (WHERE[mark.state]) jump.setAttribute("aria-label", `${jump.getAttribute("aria-label")}, ${WHERE[mark.state]}`);
    const drop = button("", "×", value ? `Untie ${words} from ${nameOf(value)}` : `Remove ${words}`);
    const take = () => (value ? act.untie(mark, value) : act.remove(mark));
    jump.addEventListener("click", () => act.go(mark));
    jump.addEventListener("keydown", (event) => {
      if (event.key !== "Delete") return;
      event.preventDefault();
      take();
    });
    drop.addEventListener("click", take);
    made.append(jump, drop);
    return made;
  }

  function box(value) {
    const row = palette.querySelector(`li[data-code="${value}"]`);
    if (!row) return null;
    const made = row.querySelector(":scope > .quotes") ?? Object.assign(document.createElement("ul"), { className: "quotes" });
    row.querySelector(":scope > label")?.after(made);
    return made;
  }

  // Focus stays where it was, or goes to what is left of its list.
  function draw(marks) {
    const held = document.activeElement?.closest(".quotes");
    const code = held?.closest("[data-code]")?.dataset.code;
    const at = held ? [...held.children].indexOf(document.activeElement.closest("li")) : -1;
    for (const old of palette.querySelectorAll("li > .quotes")) old.remove();
    for (const mark of marks) for (const value of mark.ties) box(value)?.append(item(mark, value));
    const loose = marks.filter(({ ties }) => !ties.length);
    general.hidden = !loose.length;
    general.querySelector(".quotes").replaceChildren(...loose.map((mark) => item(mark, "")));
    if (held) focusAgain(code, at);
  }

  function focusAgain(code, at) {
    const left = code ? palette.querySelectorAll(`li[data-code="${code}"] > .quotes > li`) : general.querySelectorAll("li");
    const next = left[Math.min(at, left.length - 1)]?.firstElementChild;
    (next ?? palette.querySelector(`li[data-code="${code}"] input`) ?? document.getElementById("issue")).focus({ preventScroll: true });
  }

  return { draw };
}
