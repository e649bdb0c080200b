"""A masked text for one office: what names the schools of other offices is masked too."""

from collections.abc import Callable, Sequence

from evidence.masked import Masked
from evidence.records import Mention

OTHER_SCHOOL = "[학교]"
"""Stands for a school of another office than the reader's own."""


def without_schools(words: str, masked: Masked, mentions: Sequence[Mention], hides: Callable[[Mention], bool]) -> str:
    """The masked text without the names of schools that are not one's own.

    Args:
        words: as given.
        masked: of ``words``.
        mentions: schools found in ``words``.
        hides: whether a mention can only mean schools that are not the reader's.
    """
    others = [mention for mention in mentions if hides(mention)]
    if not others:
        return masked.text
    spans = [(span.start, span.end, span.kind.mark) for span in masked.spans]
    spans += [(mention.start, mention.end, OTHER_SCHOOL) for mention in others]
    pieces, done = list[str](), 0
    for start, end, mark in sorted(spans):
        if start >= done:
            pieces += words[done:start], mark
        done = max(done, end)
    return "".join([*pieces, words[done:]])
