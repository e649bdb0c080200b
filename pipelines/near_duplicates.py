"""Texts that say nearly the same: found by MinHash, confirmed by comparing them.

Letters and digits only, so that blanks and punctuation between letters hide nothing. What is looked up by
is keyed: without the key it says nothing of the text, and it is destroyed when the text is erased.
"""

import hashlib
import hmac
import struct

from rensa import RMinHash  # type: ignore[import-untyped]

from pipelines.normalize import normalize

SHINGLE = 3
"""Characters of one."""
DOT = "ㆍ"
"""A letter to Unicode, a middle dot to everybody else."""
BANDS, ROWS = 24, 5
"""Two texts of similarity 0.8 share a band in all but 7 of 100,000 cases, two of 0.3 in 6 of 100."""
NEAR = 0.8
"""Share of shingles in common from which two texts are called near duplicates."""


def shingles(text: str) -> frozenset[str]:
    """Runs of three letters or digits of a text's normal form; a shorter text is one run, one without any has none."""
    letters = "".join(character for character in normalize(text).text if character.isalnum() and character != DOT)
    if len(letters) <= SHINGLE:
        return frozenset({letters} - {""})
    return frozenset(letters[start : start + SHINGLE] for start in range(len(letters) - SHINGLE + 1))


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's index: 0 to 1; 0 where either says nothing."""
    return len(one & other) / len(one | other) if one and other else 0.0


def is_near(one: str, other: str) -> bool:
    """Whether two texts are near duplicates."""
    return similarity(shingles(one), shingles(other)) >= NEAR


def bands(text: str, key: bytes) -> tuple[str, ...]:
    """What a text is looked up by: two near duplicates have at least one in common.

    Args:
        text: as received.
        key: of this purpose; without it the bands of a text cannot be made.

    Returns:
        24 names, each with its number; none for a text without letters.
    """
    found = shingles(text)
    if not found:
        return ()
    sketch = RMinHash(num_perm=BANDS * ROWS, seed=int.from_bytes(hmac.digest(key, b"seed", hashlib.sha256)[:8], "big"))
    sketch.update(sorted(found))
    rows = (sketch.digest()[start : start + ROWS] for start in range(0, BANDS * ROWS, ROWS))
    return tuple(f"{number:02d}:{_keyed(key, number, tuple(row))}" for number, row in enumerate(rows))


def _keyed(key: bytes, number: int, row: tuple[int, ...]) -> str:
    return hmac.digest(key, struct.pack(f"<{ROWS + 1}I", number, *row), hashlib.sha256)[:12].hex()
