"""``verify.py``, which goes with each package: Python alone, in parts that are joined when it is shipped.

It repeats what ``evidence/`` can do, on purpose: what shows that a package holds must not need the program
that made the package. No part imports anything but Python and these parts; ``shipped`` joins them.
"""

import re
from importlib import resources

PARTS = ("run", "signatures", "proofs", "files", "log", "items", "check")
"""In the order in which they are joined; ``run`` explains the whole and ends it."""

_OURS = re.compile(r"^from evidence\.verifier[^\n(]*(?:\([^)]*\))?\n", re.MULTILINE)
_END = "# ------------------------------------------------------------------ the end\n"


def shipped() -> bytes:
    """The one file."""
    texts = [(resources.files("evidence.verifier") / f"{name}.py").read_text(encoding="utf-8") for name in PARTS]
    head, _, end = texts[0].partition(_END)
    return "\n\n".join(_OURS.sub("", text).strip() for text in (head, *texts[1:], end)).encode() + b"\n"
