// The coding screen: what happens when, wired from the other modules.

import { read, skipped, write } from "./answer.js";
import { neighbours, progress, whenAsked } from "./bar.js";
import { reasonToSkip, showKeys } from "./compare.js";
import { conflicts } from "./conflicts.js";
import { controls } from "./controls.js";
import { drafts } from "./drafts.js";
import { evidence } from "./evidence/main.js";
import { issues, show } from "./issues.js";
import { listen } from "./keys.js";
import { lookups } from "./lookups.js";
import { ownKeys } from "./ownkeys.js";
import { palette } from "./palette.js";
import { proposals } from "./proposals.js";
import { queue } from "./queue.js";
import { recent } from "./recent.js";
import { screeningKeys } from "./screening.js";
import { Refused, SignedOut } from "./server.js";
import { signIn } from "./signin.js";
import * as status from "./status.js";
import { store } from "./store.js";
import { timing } from "./timing.js";

const setup = JSON.parse(document.getElementById("setup").textContent);
const form = document.getElementById("palette");
const article = document.getElementById("issue");
const kept = store(setup.owner);
const rater = issues({ setup });
const codes = palette({ several: setup.several, changed });
const quotes = evidence({ codes, changed, note: status.note, reveal: (place) => looked.reveal(place) });
const submitted = setup.submitted;
let state = setup.state;
let leaving = false;
let coming = 0; // the issue that is on its way to the screen; until it is there, nothing is submitted
let wanted = 0; // the issue that could not be had, and is shown once the server can be reached

const count = () => waiting.size() + drafted.pending();
const signedOut = signIn({ address: setup.signIn, check: () => address(), count, regained });
const offline = () => status.offline(count());
const waiting = queue({ kept, address: setup.address, on: { sent, refused: (...told) => conflict.submitRefused(...told), signedOut, offline } });
const drafted = drafts({
  kept,
  address: setup.address,
  on: { typing: status.saving, saved: (at) => waiting.size() || status.saved(at), refused: (...told) => conflict.draftRefused(...told), signedOut, offline },
});
const { propose } = proposals({ address: setup.address, allowed: setup.proposals, current: () => state.assignment, codes: { ...codes, refuse: status.refusal }, signedOut });
const address = () => `${setup.address}issues/${state.assignment}/`;
const looked = lookups({ address, current: () => state.assignment, go: open, signedOut });
const time = timing({ kept });
const latest = recent({ ids: setup.recent, codes });
const conflict = conflicts({
  kept,
  nameOf: codes.nameOf,
  isShown: (assignment) => state.assignment === assignment,
  showAnswer(answer, { seen, version }) {
    Object.assign(state, { answer, seen, version });
    write(answer);
    codes.reset();
  },
  keepDraft: () => drafted.typed(state),
  forget: rater.drop,
  submitAgain: (item) => (waiting.add(item), waiting.flush()),
});

function changed() {
  state.answer = read();
  quotes.draw();
  status.refusal("");
  drafted.typed(state);
}

function submit(given = {}) {
  if (coming) return;
  const answer = { ...read(), ...given };
  if (!answer.outcome) {
    status.refusal(form.dataset.nothing);
    return;
  }
  const { assignment, key, seen } = state;
  waiting.add({ assignment, key, answer, seen, time: time.taken() });
  rater.finish(state);
  latest.use(answer);
  drafted.forget(assignment);
  Object.assign(state, { answer, seen: seen + 1, version: 0 });
  if (submitted.at(-1) !== assignment) submitted.push(assignment);
  status.saving();
  progress(rater.done());
  const next = rater.nextOpen(state);
  leaving = !next;
  waiting.flush();
  open(next);
}

async function skip() {
  const reason = await reasonToSkip(form.elements.memo.value);
  if (reason) submit(skipped(reason));
}

async function open(id, { came = false } = {}) {
  if (!id || id === state.assignment) return;
  if (drafted.pending()) drafted.send();
  coming = id;
  try {
    const next = await rater.fetched(id);
    if (coming === id) enter(next, came);
  } catch (error) {
    coming = 0;
    if (setup.pool && error.status === 409) return location.assign(setup.address);
    if (error instanceof Refused) return status.refusal(error.message);
    wanted = id;
    if (error instanceof SignedOut) return signedOut();
    status.refusal("This issue is not on this computer yet, and the server cannot be reached. It comes when it can be; what you submitted is kept and goes out by itself.");
  }
}

function regained() {
  waiting.flush();
  drafted.send();
  open(wanted);
}

function enter(next, came) {
  coming = wanted = 0;
  if (location.hash === "#palette") location.replace("#issue"); // which is told as a way back to the same issue
  state.html = article.innerHTML;
  rater.keep(state);
  state = next;
  if (!came) history.pushState(null, "", `${setup.address}?issue=${state.assignment}`);
  form.elements.assignment.value = state.assignment;
  show(state);
  looked.reset();
  begin();
}

function begin() {
  const mine = drafted.reconcile(state);
  write(state.answer);
  codes.reset();
  status.refusal("");
  neighbours(state);
  rater.prefetch(state);
  time.turn(state.assignment);
  if (state.seen && !count()) status.note(state.version ? "A draft is kept" : "Submitted");
  if (!mine) return;
  const theirs = { kept: state.answer, seen: state.seen, version: state.version };
  conflict.draft({ ...state, answer: mine }, theirs, `${state.key} was also written in another tab. Both texts are kept; compare the two.`);
}

// Back through what was submitted, one at a time.
function takeBack() {
  if (submitted.at(-1) === state.assignment) submitted.pop();
  if (!submitted.length) return status.note("Nothing was submitted before this");
  open(submitted.at(-1)).then(() => status.note("Submitted before; submit again to replace it"));
}

function sent(item, told) {
  if (wanted) open(wanted);
  if (waiting.size()) return;
  if (leaving) location.assign(setup.address);
  else if (!drafted.pending()) status.saved(told.saved_at);
}

controls({ form, submit, skip, changed, find: looked.actions.find });
whenAsked((where) => open(state[where]));
addEventListener("popstate", () => open(Number(new URLSearchParams(location.search).get("issue")) || setup.state.assignment, { came: true }));

listen({
  code: codes.shortcut,
  own: screeningKeys(submit),
  meant: ownKeys(setup.keys),
  leaveField: () => article.focus({ preventScroll: true }),
  actions: {
    none: () => codes.toggle("none"),
    unclear: () => codes.toggle("unclear"),
    offTopic: () => codes.toggle("off_topic"),
    filter: codes.focusFilter,
    down: () => codes.walk(1),
    up: () => codes.walk(-1),
    submit: () => submit(),
    takeBack,
    before: () => open(state.before),
    after: () => open(state.after),
    ...looked.actions,
    ...quotes.actions,
    memo: () => (codes.unfold(), form.elements.memo.focus()),
    flag: () => form.elements.flagged.click(),
    propose,
    skip,
    help: showKeys,
  },
});

addEventListener("online", () => open(wanted));
addEventListener("beforeunload", (event) => count() && !kept.lasts() && event.preventDefault());
begin();
if (waiting.size()) waiting.flush();
document.documentElement.dataset.ready = "coding";
