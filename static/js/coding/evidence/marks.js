// The marks of the answer: kept in a field of the form, so that drafts, submits and the plain form hold them alike.

const samePlace = (one, other) => one.part === other.part && one.comment === other.comment && one.text === other.text;
export const samePassage = (one, other) => samePlace(one, other) && one.start === other.start && one.end === other.end;
const overlap = (one, other) => samePlace(one, other) && one.start < other.end && other.start < one.end;

export const valuesOf = ({ codes, proposals }) => [...codes.map(String), ...proposals.map((id) => `p${id}`)];

const listOf = (value) => (value.startsWith("p") ? "proposals" : "codes");
const idOf = (value) => Number(value.replace("p", ""));
const ordered = (ids) => [...new Set(ids)].sort((a, b) => a - b);

export function marks({ field, changed }) {
  const all = () => JSON.parse(field.value || "[]");
  const find = (passage) => all().find((mark) => samePassage(mark, passage));

  function keep(list) {
    field.value = JSON.stringify(list);
    changed();
  }

  // Adds the passage where it is not marked yet; `change` gives its new ties.
  function put(passage, change = {}) {
    const { part, comment, text, start, end, exact } = passage;
    const before = find(passage) ?? { part, comment, text, start, end, exact, codes: [], proposals: [] };
    const others = all().filter((mark) => !samePassage(mark, passage));
    keep([...others, { ...before, ...change }]);
  }

  const tie = (passage, value) => {
    const list = listOf(value);
    put(passage, { [list]: ordered([...(find(passage)?.[list] ?? []), idOf(value)]) });
  };

  // What is tied to nothing any more goes.
  function untie(passage, value) {
    const list = listOf(value);
    const mark = find(passage);
    const left = mark[list].filter((id) => id !== idOf(value));
    if (valuesOf(mark).length === 1) remove(passage);
    else put(passage, { [list]: left });
  }

  const remove = (passage) => keep(all().filter((mark) => !samePassage(mark, passage)));
  const restore = (mark) => put(mark, { codes: mark.codes, proposals: mark.proposals });

  // The marks of which these words would be a better passage: another one that they overlap.
  const near = (passage) => all().filter((mark) => overlap(mark, passage) && !samePassage(mark, passage));

  function move(mark, { start, end, exact }) {
    keep([...all().filter((one) => !samePassage(one, mark)), { ...mark, start, end, exact }]);
  }

  const at = ({ at: offset, ...address }) =>
    all()
      .filter((mark) => samePlace(mark, address) && mark.start <= offset && offset <= mark.end)
      .sort((one, other) => one.end - one.start - (other.end - other.start))[0];

  return { all, find, put, tie, untie, remove, restore, near, move, at };
}
