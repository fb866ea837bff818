"""Any taxonomy as hypothesis makes it up, to be written in each format and read again."""

import uuid

from hypothesis import strategies as st

from taxonomy.exchange.codebook import Codebook
from taxonomy.models import Levels, Purpose
from taxonomy.queries import CodeRecord
from taxonomy.services.cleaning import FREE_KEYS
from taxonomy.services.imports import in_reading_order

# All that XML can hold, with what is special to one format or another more often than chance would have it.
SIGNS = st.one_of(
    st.sampled_from("\n\t '\"=+-@<>&:#|,;{}[]*%\\/▸é漢🤗\u00a0\u0085\u2028\ufeff"),
    st.characters(min_codepoint=0x20, max_codepoint=0x2FFFF, exclude_categories=["Cs", "Cc"], exclude_characters="￾￿"),
)
TEXTS = st.text(SIGNS, max_size=20).map(lambda text: text.strip()).filter(lambda text: "\ufffe" not in text)
SAYINGS = st.sampled_from(["Use when: it is so.", "Notes for raters: no", "'=1+1", "=cmd|' /C calc'!A0", "▸ Examples"])
SAID = st.one_of(st.just(""), TEXTS, SAYINGS)
NAMES = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)


@st.composite
def codes(draw):
    """Up to 7 codes on three levels: each stands below one before it, or at the top."""
    names = draw(st.lists(NAMES, min_size=1, max_size=7, unique_by=str.lower))
    keys = draw(st.permutations([*FREE_KEYS, *[""] * 20]))
    made, levels = [], {}
    for number, name in enumerate(names):
        above = draw(st.sampled_from([None, *[code.uid for code in made if levels[code.uid] < 3]]))
        code = CodeRecord(
            uid=uuid.UUID(int=draw(st.integers(0, 2**120)) * 16 + number),
            parent=above,
            name=name,
            definition=draw(SAID),
            use_when=draw(SAID),
            avoid_when=draw(SAID),
            examples=draw(SAID),
            notes=draw(SAID),
            selectable=draw(st.booleans()),
            exclusive_group=draw(SAID.map(lambda text: " ".join(text.split()))),
            colour=draw(st.integers(0, 7)),
            key=keys[number],
        )
        levels[code.uid] = levels.get(above, 0) + 1
        made.append(code)
    return in_reading_order(made)


CODEBOOKS = st.builds(
    Codebook,
    name=NAMES,
    codes=codes(),
    purpose=SAID,
    kind=st.sampled_from(Purpose.values),
    citation=SAID,
    reservations=SAID,
    levels=st.sampled_from(Levels.values),
    several_codes=st.booleans(),
    version=st.sampled_from(["", "1", "12"]),
    published=st.sampled_from(["", "2026-03-01"]),
    note=SAID,
)
