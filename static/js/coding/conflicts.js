// Two tabs, two answers: both are kept until the rater says which one stands.

import { compare } from "./compare.js";
import * as status from "./status.js";

export function conflicts({ kept, nameOf, isShown, showAnswer, keepDraft, submitAgain, forget }) {
  const place = (assignment) => `draft.${assignment}`;

  async function choose(mine, theirs, sentence) {
    kept.write(place(mine.assignment), { answer: mine.answer, version: theirs.version, seen: theirs.seen });
    const choice = await compare({ sentence, mine: mine.answer, theirs: theirs.kept, nameOf });
    if (choice === "theirs") kept.remove(place(mine.assignment));
    return choice;
  }

  // A draft: the rater goes on with the one that is chosen.
  async function draft(mine, theirs, sentence) {
    const choice = await choose(mine, theirs, sentence);
    if (!choice || !isShown(mine.assignment)) return;
    showAnswer(choice === "mine" ? mine.answer : theirs.kept, theirs);
    if (choice === "mine") keepDraft();
    else status.note("The other answer is shown");
  }

  // A submit: mine goes out again over the other, or the other stays.
  async function submit(mine, theirs, sentence) {
    const choice = await choose(mine, theirs, sentence);
    if (choice === "mine") {
      kept.remove(place(mine.assignment));
      submitAgain({ ...mine, seen: theirs.seen });
    }
    if (choice === "theirs") status.note("The other answer stands");
  }

  function submitRefused({ assignment, key, answer, seen }, error) {
    forget(assignment);
    if (error.told.kept) return submit({ assignment, key, answer }, error.told, error.message);
    kept.write(place(assignment), { answer, version: 0, seen });
    status.refusal(`${key} was not saved: ${error.message} Your text is kept on this computer; open the issue again to see it.`);
  }

  function draftRefused(mine, error) {
    if (error.told.kept) draft(mine, error.told, error.message);
    else status.refusal(error.message);
  }

  return { draft, submitRefused, draftRefused };
}
