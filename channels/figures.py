"""Numbers as Telegram's pages print them, with the precision that was shown and no more."""

import re
from decimal import Decimal

from evidence.records import Figure

SEPARATORS = " \u00a0\u202f,'’"
"""Between thousands: a plain space on every page seen; the others elsewhere."""

LARGEST = 2**53 - 1
"""Of ids and numbers: Telegram promises that a double holds its ids exactly; any real one is far below."""
LONGEST = 30
"""Characters of a number; the largest with separators has 21."""

_FIGURE = re.compile(rf"(\d{{1,3}}(?:[{SEPARATORS}]\d{{3}})+|\d+)(?:\.(\d+))?\s?([KMB])?")
_STEP = {None: 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_MEMBERS = re.compile(
    rf"(?P<count>\d[\d{SEPARATORS}.]*[KMB]?)\s(?P<unit>subscribers?|members?|monthly users?)"
    rf"(?:,\s(?P<online>\d[\d{SEPARATORS}]*)\sonline)?"
)


def read_figure(shown: str) -> Figure | None:
    """Read a number such as ``879``, ``82 932`` or ``2.19M``.

    Args:
        shown: the text of the page, white space around it allowed.

    Returns:
        Exact numbers with ``low == high == value``; rounded ones with half a unit of the last shown
        digit on both sides (pages round to nearest, ``163 840`` shows as ``164K``). None where the
        text is not a number, or an absurd one: a blank or a word is never 0.
    """
    shown = shown.strip()
    found = _FIGURE.fullmatch(shown) if len(shown) <= LONGEST else None
    if found is None:
        return None
    whole, decimals, unit = found.groups()
    if unit is None and decimals:
        return None
    digits = re.sub(rf"[{SEPARATORS}]", "", whole)
    value = int(Decimal(f"{digits}.{decimals or 0}") * _STEP[unit])
    half = _STEP[unit] // 10 ** len(decimals or "") // 2
    return Figure(value=value, low=value - half, high=value + half) if value + half <= LARGEST else None


def read_id(shown: str) -> int | None:
    """Read the id of a post; None where it is not a number that one can have."""
    number = int(shown) if shown.isdecimal() and len(shown) <= LONGEST else 0
    return number if 1 <= number <= LARGEST else None


def read_members(shown: str) -> tuple[Figure | None, str, int | None] | None:
    """Read a line such as ``14 035 members, 5 791 online``.

    Returns:
        Members, their unit in the plural and how many are online; None where the whole line is not
        of this form.
    """
    found = _MEMBERS.fullmatch(shown.strip())
    if found is None:
        return None
    online = read_figure(found["online"] or "")
    unit = found["unit"].rstrip("s") + "s"
    return read_figure(found["count"]), unit, online.value if online else None
