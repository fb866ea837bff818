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
  };
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
}

const told = (answer) => JSON.stringify([answer.outcome, valuesOf(answer).sort(), answer.memo.trim(), answer.confidence, answer.flagged]);

export const same = (one, other) => told(one) === told(other);

export function describe(answer, nameOf) {
  const codes = valuesOf(answer).map(nameOf);
  const said = { none: "None of these", unclear: "Unclear", skipped: "Skipped", off_topic: "Not about our topic", in: "Belongs", out: "Does not belong" }[answer.outcome];
  const lines = [said ?? (codes.length ? "" : "No code yet"), codes.join(", "), answer.memo, answer.confidence && `Sure? ${answer.confidence}`];
  return [...lines.filter(Boolean), ...(answer.flagged ? ["Flagged"] : [])];
}
