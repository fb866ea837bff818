// What can be looked up beside the issue: the rest of its text, words in it, the rater's issues and own codings.

import { find } from "./find.js";
import { rest, selected } from "./rest.js";
import { Refused, SignedOut } from "./server.js";
import { sheet } from "./sheet.js";
import * as status from "./status.js";

const UNREACHED = "The rest of this issue is not on this computer, and the server cannot be reached. Try again in a moment.";

export function lookups({ address, current, go, signedOut }) {
  function failed(error) {
    if (error instanceof SignedOut) return signedOut();
    status.refusal(error instanceof Refused ? error.message : UNREACHED);
  }

  const text = rest({ address, failed });
  const words = find({ address, reveal: text.reveal, signedOut });
  const all = sheet({ name: "list", query: () => ({ at: current() }), go, signedOut });
  const past = sheet({ name: "past", query: () => ({ q: selected() }), go, signedOut });
  const actions = {
    nextComment: () => text.comment(1),
    lastComment: () => text.comment(-1),
    find: words.open,
    list: all.open,
    past: past.open,
  };
  return { actions, reset: words.reset, reveal: text.reveal };
}
