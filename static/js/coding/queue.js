// Submits on their way: kept on this computer first, sent in order, taken away when the server has them.
// Each has its client_id, so that the server takes it once however often it is sent.

import { ask, Refused, SignedOut } from "./server.js";

const AGAIN = 4000;

// crypto.randomUUID exists on https and localhost only; teams also run on a plain local network.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function queue({ kept, address, on }) {
  let sending = null;
  let timer = 0;
  let counter = 0;

  const keys = () => kept.keys("queue.");
  const size = () => keys().length;
  const waits = (assignment) => keys().some((key) => kept.read(key)?.assignment === assignment);

  function add({ assignment, key, answer, seen }) {
    const place = `${String(Date.now()).padStart(15, "0")}.${String(counter++).padStart(5, "0")}`;
    kept.write(`queue.${place}`, { assignment, key, answer, seen, client_id: uuid() });
  }

  async function sendOne(place) {
    const item = kept.read(place);
    if (!item) return;
    try {
      const told = await ask(`${address}issues/${item.assignment}/submit/`, { ...item.answer, seen: item.seen, client_id: item.client_id });
      kept.remove(place);
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
