// What is kept on this computer, under the person and the round. Where the browser keeps nothing, it lasts as long as the page.

export function store(owner) {
  const prefix = `intercoder.${owner}.`;
  const memory = new Map();

  const write = (key, value) => {
    memory.set(key, value);
    try {
      localStorage.setItem(prefix + key, JSON.stringify(value));
      memory.delete(key);
    } catch {
      // Full or forbidden: the memory has it.
    }
  };
  const remove = (key) => {
    memory.delete(key);
    try {
      localStorage.removeItem(prefix + key);
    } catch {
      // Nothing was kept there.
    }
  };
  const read = (key) => {
    if (memory.has(key)) return memory.get(key);
    try {
      return JSON.parse(localStorage.getItem(prefix + key));
    } catch {
      return null;
    }
  };
  const keys = (start) => {
    let kept = [];
    try {
      kept = Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    } catch {
      // As above.
    }
    return [...new Set([...kept, ...memory.keys()])].filter((key) => key.startsWith(start)).sort();
  };
  const lasts = () => memory.size === 0;
  return { lasts, write, remove, read, keys };
}
