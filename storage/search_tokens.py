"""Keyed tokens by which kept posts are found without their words or schools lying in plain.

Frequent tokens stay frequent: who reads the database without the key learns which posts share something,
not what.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evidence.cipher import Cipher, fingerprint
from evidence.watching import NO_OFFICE

TOKEN_BYTES = 4
"""Of a token; what it finds is verified, so that two of one token do no harm."""
FOUND_BY = ("school_tokens", "offices", "levels", "terms")
"""Fields by which a post is chosen; a Flag carries them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """By what a revision of a post is found."""

    searched: str
    source: str
    schools: Collection[str]
    offices: Collection[str]
    levels: Collection[str]
    terms: Collection[str]
    """Ids of terms and rules."""
    severities: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes tokens under the keys of one store."""

    words_key: bytes
    schools_key: bytes

    def words(self, searched: str) -> set[bytes]:
        """A token for each pair of neighbouring characters."""
        pairs = {searched[at : at + 2] for at in range(len(searched) - 1)}
        return {_token(self.words_key, pair) for pair in pairs}

    def mark(self, kind: str, value: str) -> bytes:
        """A token for what is no word but found in the same way, such as an office."""
        return _token(self.words_key, f"{kind}\x1f{value}")

    def of(self, marks: Marks) -> set[bytes]:
        """All tokens of a revision."""
        kinds = (
            ("source", (marks.source,)),
            ("school", marks.schools),
            ("office", marks.offices),
            ("term", marks.terms),
            ("severity", marks.severities),
        )
        return self.words(marks.searched) | {self.mark(kind, value) for kind, few in kinds for value in few}

    def school(self, code: str) -> bytes:
        """8 bytes that stand for a School."""
        return fingerprint(self.schools_key, code)


def found_by(marks: Marks, before: Mapping[str, Any], cipher: Cipher) -> dict[str, Any]:
    """The fields by which a post is found, in all that it ever said; in an order that says nothing of its words.

    Args:
        marks: of the revision that is added.
        before: the fields as they were; empty before the first revision.
        cipher: of the store.
    """
    tokens = tokens_of(cipher)
    found: dict[str, set[Any]] = {
        "school_tokens": set(map(tokens.school, marks.schools)),
        "levels": set(marks.levels),
        "terms": set(marks.terms),
    }
    fields: dict[str, Any] = {name: sorted(values.union(before.get(name, ()))) for name, values in found.items()}
    all_tokens = tokens.of(marks).union(unpacked(before.get("tokens", b"")))
    return {**fields, "offices": _offices(marks, before), "tokens": packed(all_tokens)}


def _offices(marks: Marks, before: Mapping[str, Any]) -> list[str]:
    """In whose scope it is: of all schools that it ever named; ``NO_OFFICE`` where it never named one."""
    theirs = marks.offices if marks.schools else ()
    earlier = before.get("offices", ()) if before.get("school_tokens") else ()
    return sorted({*theirs, *earlier} or {NO_OFFICE})


def packed(tokens: Iterable[bytes]) -> bytes:
    """Tokens in one field, which no index knows."""
    return b"".join(sorted(tokens))


def unpacked(tokens: bytes) -> list[bytes]:
    """The tokens of such a field."""
    return [tokens[at : at + TOKEN_BYTES] for at in range(0, len(tokens), TOKEN_BYTES)]


@lru_cache(maxsize=4)
def tokens_of(cipher: Cipher) -> Tokens:
    """Tokens of a store."""
    return Tokens(cipher.purpose_key("search tokens"), cipher.purpose_key("search tokens of schools"))


@lru_cache(maxsize=100_000)
def _token(key: bytes, pair: str) -> bytes:
    return fingerprint(key, pair)[:TOKEN_BYTES]
