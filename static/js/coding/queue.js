// Submits on their way: kept on this computer first, sent in order, taken away when the server has them.
// Each has its client_id, so that the server takes it once however often it is sent.

import { showGold } from "./gold.js";
import { ask, Refused, SignedOut } from "./server.js";
import { uuid } from "./uuid.js";

const AGAIN = 4000;

export function queue({ kept, address, on }) {
  let sending = null;
  let timer = 0;
  let counter = 0;

  const keys = () => kept.keys("queue.");
  const size = () => keys().length;
  const waits = (assignment) => keys().some((key) => kept.read(key)?.assignment === assignment);

  function add({ assignment, key, answer, seen, time }) {
    const place = `${String(Date.now()).padStart(15, "0")}.${String(counter++).padStart(5, "0")}`;
    kept.write(`queue.${place}`, { assignment, key, answer, seen, time, client_id: uuid() });
  }

  async function sendOne(place) {
    const item = kept.read(place);
    if (!item) return;
    try {
      const told = await ask(`${address}issues/${item.assignment}/submit/`, { ...item.answer, ...item.time, seen: item.seen, client_id: item.client_id });
      kept.remove(place);
      if (told.gold) await showGold(item.key, told.gold);
      on.sent(item, told);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      on.refused(item, error);
      kept.remove(place);
    }
  }

  async function sendAll() {
    clearTimeout(timer);
    try {
      for (let [place] = keys(); place; [place] = keys()) await sendOne(place);
    } catch (error) {
      if (error instanceof SignedOut) on.signedOut(size());
      else on.offline(size());
      timer = setTimeout(flush, AGAIN);
      return false;
    }
    return true;
  }

  function flush() {
    sending ??= sendAll().finally(() => (sending = null));
    return sending;
  }

  addEventListener("online", flush);
  addEventListener("focus", () => size() && flush());
  return { add, flush, size, waits };
}
