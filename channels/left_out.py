"""What is cut out of words before they are kept: addresses of media, and resident numbers.

The last gate of each kind of place. A mark stands where something was, so that it shows; reading what is kept
gives the same words again.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from channels.post_block import MEDIA_HOSTS
from evidence.residents import MARK, may_hold_residents, residents_in, without_residents

MEDIA_LEFT_OUT = "[media address left out]"

Cut = tuple[int, int, str]
"""Start and end in code points, and the mark that takes the place."""

HOSTS = "|".join(map(re.escape, MEDIA_HOSTS))
PORT = r"\.?(?::\d*)?"
"""What may stand behind a host's name and still mean it."""
UPLOADS = (
    rf"(?:(?:telegra\.ph|legra\.ph|graph\.org|telegram\.org){PORT}(?:/|%2f)file"
    rf"|(?:t|telegram)\.(?:me|dog){PORT}(?:/|%2f)i(?:/|%2f)userpic)(?:/|%2f)"
)
"""Folders of media on hosts that show other things too."""
_ADDRESS = re.compile(
    rf"(?:https?://)?(?:[\w-]+\.)*(?:(?:{HOSTS})\.?(?:[:/]|%2f)|(?<![a-z0-9-]){UPLOADS})[^\s\"'<>)]*"
    r"|data:(?:\w+/[\w.+-]+[;,]|(?:;[\w=-]+)+,)[^\s\"'<>)]*",
    re.IGNORECASE,
)
_TRACES = (*MEDIA_HOSTS, "file/", "file%2f", "userpic", "data:")
"""One of them is in every text in which ``_ADDRESS`` finds something; looked for first, since it is slow."""


def may_hold_any(words: str) -> bool:
    """Whether anything in some words may have to go; quick, and wrong only in saying yes."""
    return _may_hold_addresses(words) or may_hold_residents(words)


def without_addresses(words: str) -> str:
    """Words, or a page, with a mark in place of each address of media that is written out."""
    return _ADDRESS.sub(MEDIA_LEFT_OUT, words) if _may_hold_addresses(words) else words


def left_out(words: str) -> str:
    """Words, or a page, as they may be kept; what has been through here stays as it is."""
    return without_residents(without_addresses(words))


def left_out_of_address(address: str) -> str:
    """An address without a number that it carries, written out or percent-encoded; others stay as written."""
    plain = unquote(address)
    return without_residents(plain) if may_hold_residents(plain) and residents_in(plain) else address


def cuts_in(words: str) -> list[Cut]:
    """What ``left_out`` takes out, in order, none overlapping."""
    cuts: list[Cut] = []
    for cut in sorted([*_addresses_in(words), *((start, end, MARK) for start, end in residents_in(words))]):
        if not cuts or cuts[-1][1] <= cut[0]:
            cuts.append(cut)
    return cuts


def cut_part(part: str, begin: int, cuts: Sequence[Cut]) -> str:
    """A part of a text without what was found in the whole; the mark goes where the first character was.

    Args:
        part: of the text.
        begin: where in the text it begins.
        cuts: from ``cuts_in`` of the whole text.
    """
    for start, end, mark in reversed(cuts):
        if start < begin + len(part) and end > begin:
            part = f"{part[: max(0, start - begin)]}{mark if start >= begin else ''}{part[end - begin :]}"
    return part


def _addresses_in(words: str) -> Iterator[Cut]:
    if _may_hold_addresses(words):
        yield from ((*found.span(), MEDIA_LEFT_OUT) for found in _ADDRESS.finditer(words))


def _may_hold_addresses(words: str) -> bool:
    lowered = words.lower()
    return any(trace in lowered for trace in _TRACES)
