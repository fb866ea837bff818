// The form's fields as an answer, and back.

import { press, pressed } from "./screening.js";

const form = () => document.getElementById("palette");
const special = ["none", "unclear", "off_topic"];

export function read() {
  const data = new FormData(form());
  const ticked = data.getAll("answer");
  const ids = (pattern) => ticked.filter((value) => pattern.test(value)).map((value) => Number(value.replace("p", ""))).sort((a, b) => a - b);
  const codes = ids(/^\d+$/);
  const proposals = ids(/^p\d+$/);
  return {
    outcome: pressed() ?? ticked.find((value) => special.includes(value)) ?? (codes.length || proposals.length ? "coded" : ""),
    codes,
    ...(proposals.length ? { proposals } : {}),
    memo: data.get("memo"),
    confidence: data.get("confidence") ?? "",
    flagged: data.has("flagged"),
    ...quotesOf(data.get("evidence"), { codes, proposals }),
  };
}

// The marked passages, tied to what is ticked; the field keeps the other ties too, in case it is ticked again.
function quotesOf(text, { codes, proposals }) {
  const tied = (mark) => ({
    ...mark,
    codes: mark.codes.filter((id) => codes.includes(id)),
    proposals: mark.proposals.filter((id) => proposals.includes(id)),
  });
  const evidence = JSON.parse(text || "[]").map(tied);
  return evidence.length ? { evidence } : {};
}

export function skipped(memo) {
  const untied = quotesOf(form().elements.evidence.value, { codes: [], proposals: [] });
  return { outcome: "skipped", codes: [], proposals: [], ...untied, memo };
}

// The values of the ticked codes; those of proposals have a "p" before their id.
const valuesOf = ({ codes, proposals = [] }) => [...codes.map(String), ...proposals.map((id) => `p${id}`)];

export function write(answer) {
  const ticked = new Set([...valuesOf(answer), answer.outcome]);
  for (const input of form().querySelectorAll("[name=answer]")) input.checked = ticked.has(input.value);
  press(answer.outcome);
  for (const input of form().querySelectorAll("[name=confidence]")) input.checked = input.value === answer.confidence;
  form().elements.memo.value = answer.memo;
  form().elements.flagged.checked = answer.flagged;
  form().elements.evidence.value = JSON.stringify(answer.evidence ?? []);
  form().dispatchEvent(new Event("written"));
}

const quoted = ({ evidence = [] }) => evidence.map((mark) => JSON.stringify(Object.entries(mark).sort())).sort();

const told = (answer) => JSON.stringify([answer.outcome, valuesOf(answer).sort(), answer.memo.trim(), answer.confidence, answer.flagged, quoted(answer)]);

export const same = (one, other) => told(one) === told(other);

export function describe(answer, nameOf) {
  const codes = valuesOf(answer).map(nameOf);
  const said = { none: "None of these", unclear: "Unclear", skipped: "Skipped", off_topic: "Not about our topic", in: "Belongs", out: "Does not belong" }[answer.outcome];
  const lines = [said ?? (codes.length ? "" : "No code yet"), codes.join(", "), answer.memo, answer.confidence && `Sure? ${answer.confidence}`];
  const quotes = (answer.evidence ?? []).map(({ exact }) => `“${exact}”`);
  return [...lines.filter(Boolean), ...(answer.flagged ? ["Flagged"] : []), ...quotes];
}
