// The issues of this rater: how many are done, which come next, and their texts, fetched before they are needed.
// The screen never holds the whole list: each issue tells what stands beside it and which open ones come after it.

import { ask } from "./server.js";

const AT_ONCE = 2;
const LATER = 5; // so many are read ahead once the screen is quiet, to go on without a network
const QUIET = 1200;
const KEPT = 60;

export function issues({ setup }) {
  const ready = new Map();
  const finished = new Set();
  let done = setup.done;
  let timer = 0;
  let taking = false;

  const stillOpen = (state) => state.ahead.filter((id) => !finished.has(id));
  const nextOpen = (state) => stillOpen(state)[0];

  // Counts an issue once, however often it is submitted.
  function finish({ assignment, seen }) {
    if (!finished.has(assignment) && !seen) done += 1;
    finished.add(assignment);
  }

  function fetched(id) {
    if (!ready.has(id)) {
      const coming = ask(`${setup.address}issues/${id}/`);
      coming.catch(() => ready.delete(id));
      ready.set(id, coming);
    }
    return ready.get(id);
  }

  function keep(state) {
    ready.delete(state.assignment);
    ready.set(state.assignment, Promise.resolve(state));
    for (const id of [...ready.keys()].slice(0, Math.max(ready.size - KEPT, 0))) ready.delete(id);
  }

  const drop = (id) => ready.delete(id);
  const fetchAll = (ids) => ids.forEach((id) => fetched(id).catch(() => {}));

  function prefetch(state) {
    clearTimeout(timer);
    fetchAll(stillOpen(state).slice(0, AT_ONCE));
    timer = setTimeout(() => fetchAll(stillOpen(state).slice(AT_ONCE, LATER)), QUIET);
    if (setup.pool && !stillOpen(state).length) take(state);
  }

  // From a pool the server reserves what comes next; without an answer the page asks again when it is needed.
  async function take(state) {
    if (taking) return;
    taking = true;
    try {
      const { assignment } = await ask(`${setup.address}take/`, {});
      if (assignment) await fetched(assignment);
      if (assignment) state.ahead.push(assignment);
    } catch {
      // As above.
    } finally {
      taking = false;
    }
  }

  return { nextOpen, done: () => done, finish, fetched, keep, drop, prefetch };
}

export function show(state) {
  const article = document.getElementById("issue");
  if (state.html) article.innerHTML = state.html;
  const back = document.querySelector("[data-give-back]");
  if (back) {
    back.action = back.action.replace(/issues\/\d+/, `issues/${state.assignment}`);
    back.hidden = state.seen > 0;
  }
  article.scrollTop = 0;
  article.focus({ preventScroll: true });
}
