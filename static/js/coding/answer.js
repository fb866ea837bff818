// The form's fields as an answer, and back.

const form = () => document.getElementById("palette");
const special = ["none", "unclear"];

export function read() {
  const data = new FormData(form());
  const ticked = data.getAll("answer");
  const codes = ticked.filter((value) => !special.includes(value)).map(Number).sort((a, b) => a - b);
  return {
    outcome: ticked.find((value) => special.includes(value)) ?? (codes.length ? "coded" : ""),
    codes,
    memo: data.get("memo"),
    confidence: data.get("confidence") ?? "",
    flagged: data.has("flagged"),
  };
}

export function write(answer) {
  const ticked = new Set([...answer.codes.map(String), answer.outcome]);
  for (const input of form().querySelectorAll("[name=answer]")) input.checked = ticked.has(input.value);
  for (const input of form().querySelectorAll("[name=confidence]")) input.checked = input.value === answer.confidence;
  form().elements.memo.value = answer.memo;
  form().elements.flagged.checked = answer.flagged;
}

const told = ({ outcome, codes, memo, confidence, flagged }) => JSON.stringify([outcome, [...codes].sort((a, b) => a - b), memo.trim(), confidence, flagged]);

export const same = (one, other) => told(one) === told(other);

export function describe(answer, nameOf) {
  const codes = answer.codes.map(nameOf);
  const said = { none: "None of these", unclear: "Unclear", skipped: "Skipped" }[answer.outcome];
  const lines = [codes.length ? codes.join(", ") : (said ?? "No code yet"), answer.memo, answer.confidence && `Sure? ${answer.confidence}`];
  return [...lines.filter(Boolean), ...(answer.flagged ? ["Flagged"] : [])];
}
