// Draws the figures of a page from their specifications, in the colours of the present theme and the width there is.
// A figure: <div class="chart" data-spec="ID"> and <script type="application/json" id="ID">.

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const options = {
  ast: true, // no eval: the page's security policy forbids it
  actions: false,
  defaultStyle: false,
  tooltip: { disableDefaultStyle: true },
  renderer: "svg",
};

// A token may be light-dark(…): only a real element knows what it is just now.
function colourOf(token) {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.style.color = `var(${token})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function coloured(value, colours = new Map()) {
  if (typeof value === "string" && value.startsWith("--")) {
    if (!colours.has(value)) colours.set(value, colourOf(value));
    return colours.get(value);
  }
  if (Array.isArray(value)) return value.map((item) => coloured(item, colours));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coloured(item, colours)]));
}

class Chart {
  constructor(element) {
    this.element = element;
    this.spec = JSON.parse(document.getElementById(element.dataset.spec).textContent);
    this.width = 0;
    new ResizeObserver(() => this.resized()).observe(element);
  }

  resized() {
    const width = Math.floor(this.element.clientWidth);
    if (width && width !== this.width) {
      this.width = width;
      this.draw();
    }
  }

  async draw() {
    if (this.drawing) {
      this.again = true;
      return;
    }
    this.drawing = true;
    this.shown?.finalize();
    const font = getComputedStyle(this.element).fontFamily;
    const spec = { ...coloured(this.spec), width: this.width, autosize: { type: "fit-x", contains: "padding" } };
    spec.config = { ...spec.config, font };
    this.shown = await window.vegaEmbed(this.element, spec, options);
    this.drawing = false;
    if (this.again) {
      this.again = false;
      await this.draw();
    }
  }
}

const charts = [...document.querySelectorAll(".chart[data-spec]")].map((element) => new Chart(element));
const redraw = () => charts.forEach((chart) => chart.width && chart.draw());
dark.addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
