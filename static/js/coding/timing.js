// Time on task, where the study measures it: seconds in which the rater works at the issue on the screen. Not counted
// while the tab is hidden, or when nothing has happened for a minute.

const IDLE = 60_000;

export function timing({ kept }) {
  const shown = document.querySelector("[data-timed]");
  if (!shown) return { taken: () => ({}), turn: () => {} };
  let id = 0;
  let seconds = 0;
  let last = performance.now();

  const place = () => `time.${id}`;
  const works = () => document.visibilityState === "visible" && performance.now() - last < IDLE;
  const tell = () => (shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);

  for (const kind of ["keydown", "pointermove", "pointerdown", "wheel", "scroll", "touchstart"]) {
    document.addEventListener(kind, () => (last = performance.now()), { passive: true, capture: true });
  }
  setInterval(() => {
    if (!works()) return;
    seconds += 1;
    kept.write(place(), seconds);
    tell();
  }, 1000);

  // From now on the time of this issue counts; what was counted before it was submitted is gone with the submit.
  function turn(assignment) {
    id = assignment;
    seconds = kept.read(place()) ?? 0;
    last = performance.now();
    tell();
  }

  function taken() {
    const active_seconds = seconds;
    kept.remove(place());
    seconds = 0;
    return { active_seconds };
  }

  return { taken, turn };
}
