// What is typed: kept on this computer at once, on the server a moment later, and when the page goes away.

import { same } from "./answer.js";
import { ask, Refused, SignedOut } from "./server.js";

const PAUSE = 600;
const AGAIN = 4000;

export function drafts({ kept, address, on }) {
  const dirty = new Map(); // states by assignment whose answer the server does not have yet
  let timer = 0;
  let sending = false;

  const place = (assignment) => `draft.${assignment}`;
  const keep = ({ assignment, answer, version, seen }, sent) => kept.write(place(assignment), { answer, version, seen, sent });

  function typed(state) {
    dirty.set(state.assignment, state);
    keep(state, kept.read(place(state.assignment))?.sent);
    on.typing();
    later(PAUSE);
  }

  function later(pause) {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  }

  async function send() {
    if (sending) return;
    sending = true;
    try {
      for (const state of [...dirty.values()]) await sendOne(state);
      if (dirty.size) later(PAUSE);
    } catch (error) {
      if (error instanceof SignedOut) on.signedOut();
      else on.offline();
      later(AGAIN);
    } finally {
      sending = false;
    }
  }

  async function sendOne(state, options) {
    const { assignment, answer, version, seen } = state;
    const before = kept.read(place(assignment))?.sent;
    keep(state, answer);
    try {
      const told = await ask(`${address}issues/${assignment}/draft/`, { answer, version, seen }, options);
      if (state.seen === seen) state.version = told.version;
      if (dirty.get(assignment) !== state) return;
      if (same(state.answer, answer)) forget(assignment);
      else keep(state, answer);
      on.saved(told.saved_at);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (dirty.get(assignment) !== state || options?.keepalive) return;
      if (before && error.told.kept && error.told.seen === seen && same(before, error.told.kept)) {
        state.version = error.told.version; // what stands there is ours, from before this page was loaded
        return;
      }
      dirty.delete(assignment);
      on.refused(state, error);
    }
  }

  function forget(assignment) {
    dirty.delete(assignment);
    kept.remove(place(assignment));
  }

  // Takes over what this computer has and the server has not. Returns it instead where another tab wrote as well.
  function reconcile(state) {
    const mine = kept.read(place(state.assignment));
    if (!mine || dirty.has(state.assignment)) return null;
    if (same(mine.answer, state.answer)) {
      forget(state.assignment);
      return null;
    }
    const ours = mine.sent && same(mine.sent, state.answer);
    if (mine.seen !== state.seen || (mine.version !== state.version && !ours)) return mine.answer;
    state.answer = mine.answer;
    typed(state);
    return null;
  }

  function leaving() {
    clearTimeout(timer);
    for (const state of dirty.values()) sendOne(state, { keepalive: true }).catch(() => {});
  }

  addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leaving());
  addEventListener("online", send);
  return { typed, send, forget, reconcile, pending: () => dirty.size };
}
