// The issues of this rater: which are done, which comes next, and their texts, fetched before they are needed.

import { ask } from "./server.js";

const AHEAD = 2;

export function issues({ setup }) {
  const work = setup.work.map(([id, done]) => ({ id, done }));
  const ready = new Map();

  const index = (id) => work.findIndex((one) => one.id === id);
  const around = (id) => [...work.slice(index(id) + 1), ...work.slice(0, index(id))];
  const nextOpen = (id) => around(id).find((one) => !one.done)?.id;
  const beside = (id, step) => work[index(id) + step]?.id;
  const done = () => work.filter((one) => one.done).length;
  const finish = (id) => (work[index(id)].done = true);

  function fetched(id) {
    if (!ready.has(id)) {
      const coming = ask(`${setup.address}issues/${id}/`);
      coming.catch(() => ready.delete(id));
      ready.set(id, coming);
    }
    return ready.get(id);
  }

  const keep = (state) => ready.set(state.assignment, Promise.resolve(state));
  const drop = (id) => ready.delete(id);

  function prefetch(id) {
    const open = around(id).filter((one) => !one.done);
    for (const one of open.slice(0, AHEAD)) fetched(one.id).catch(() => {});
  }

  return { nextOpen, beside, done, total: work.length, finish, fetched, keep, drop, prefetch };
}

export function show(state) {
  const article = document.getElementById("issue");
  if (state.html) article.innerHTML = state.html;
  article.scrollTop = 0;
  article.focus({ preventScroll: true });
}

export function comment(step) {
  const all = [...document.querySelectorAll("#issue .comment")];
  const next = all.findIndex((one) => one.classList.contains("current")) + step;
  if (!all.length || next >= all.length) return;
  for (const one of all) one.classList.remove("current");
  const target = all[next];
  if (!target) {
    document.getElementById("issue").scrollTop = 0;
    document.getElementById("issue").focus({ preventScroll: true });
    return;
  }
  target.classList.add("current");
  target.scrollIntoView({ block: "start" });
  target.focus({ preventScroll: true });
}
