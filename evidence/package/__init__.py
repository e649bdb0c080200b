"""Packages that are handed over: from values to the bytes of files. No I/O, no clock, no randomness.

A package is a BagIt bag (RFC 8493). The bag proves nothing by itself: its lists are signed, and its items
are proven by the log of custody. Same values, same bytes.
"""

from evidence.package.build import build
from evidence.package.contents import Contents, Order, Packed
from evidence.package.profiles import PROFILES, Part, Profile

__all__ = ["PROFILES", "Contents", "Order", "Packed", "Part", "Profile", "build"]
