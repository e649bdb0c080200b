"""Every School named in a text, by the aliases of a compiled register. A mention is a claim, never a fact."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from evidence.records import Mention
from pipelines.normalize import Normal, normalize
from pipelines.schools import disguise
from pipelines.schools.choice import choose
from pipelines.schools.disguise import find_doubt
from pipelines.schools.names import Name, read_names
from pipelines.schools.register import Register
from pipelines.schools.signals import ENDINGS

DISGUISED = 0.85
"""Factor on the confidence of a name that was read through a disguise."""
PLAIN_WORDS = ("H-short", "M-short", "E-short", "E-city-short")
"""Rules whose aliases look like other words once a letter is changed: 머금고 is no 대금고."""


def find_mentions(text: str, register: Register, office: str | None = None) -> tuple[Mention, ...]:
    """Find every School named in a text.

    Args:
        text: as received; may be empty.
        register: compiled register; its aliases decide what can be found.
        office: NEIS office code that is tried first among schools of one name.

    Returns:
        Mentions ordered by ``start``, offsets in code points of ``text``, never overlapping;
        ``school`` is None while more than one candidate remains.
    """
    if find_doubt(text) is None and not register.find_patterns(text):
        return ()  # nine posts in ten are plain and name nothing: said before an object is made
    return find_mentions_in(normalize(text), register, office)


def find_mentions_in(normal: Normal, register: Register, office: str | None = None) -> tuple[Mention, ...]:
    """Find every School named in a text whose normal form is made already; as ``find_mentions``."""
    met = register.find_patterns(normal.text, True)
    is_separated = disguise.is_separated(normal.text)
    if not met and not is_separated:
        return ()
    names = read_names(normal, register, met)
    last = len(register.aliases) + len(ENDINGS)
    if is_separated or any(index >= last for index, _, _ in met):
        names += _hidden(normal, register)
    if not names:
        return ()
    return choose(_longest(names, len(normal.given)), register, office)


def _hidden(normal: Normal, register: Register) -> list[Name]:
    """Read the names that are disguised, in every undone form."""
    forms = [form for form in disguise.undo(normal) if form.text != normal.text]
    return list(chain.from_iterable(_read_undone(form, register) for form in forms))


def _read_undone(form: Normal, register: Register) -> list[Name]:
    names = read_names(form, register, register.find_patterns(form.text, True))
    return [_lowered(name) for name in names if _was_disguised(name)]


def _was_disguised(name: Name) -> bool:
    """Tell whether a name was taken apart, and not met by chance among plain words."""
    shown = normalize(name.form.given[name.start : name.end]).text
    if shown == name.form.text[name.at : name.until] or not disguise.is_regular(name.form, name.at, name.until):
        return False
    if not name.schools:  # nothing vouches for it but its ending
        return not disguise.gaps(name.form, name.at, name.until)
    return disguise.is_deliberate(shown, name.text) or name.rule not in PLAIN_WORDS


def _lowered(name: Name) -> Name:
    return replace(name, rule=f"{name.rule}/disguised", confidence=round(name.confidence * DISGUISED, 2))


def _longest(names: Sequence[Name], length: int) -> list[Name]:
    """Keep the longest of overlapping names in a text of this length, known schools first; ordered by start."""
    taken = bytearray(length)
    kept: list[Name] = []
    for name in sorted(names, key=lambda name: (not name.schools, name.start - name.end, name.start)):
        if not any(taken[name.start : name.end]):
            taken[name.start : name.end] = b"\x01" * (name.end - name.start)
            kept.append(name)
    return sorted(kept, key=lambda name: name.start)
