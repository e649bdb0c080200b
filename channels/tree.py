"""HTML parsed into a tree, or refused: a page that is cut or nested absurdly deep is never half-read."""

import re

from selectolax.lexbor import LexborHTMLParser

from evidence.errors import UnreadableCapture

MANY_TAGS = 20_000
"""A page of t.me has some thousands. Below this, parsing takes under a second whatever the nesting."""
DEEPEST = 1_000
"""Elements inside each other; about 30 on pages of t.me. The parser's time grows with the square of it."""

_TAG = re.compile(r"<(/?)(?!area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)[a-z]", re.IGNORECASE)


def parse_whole(html: str) -> LexborHTMLParser:
    """Parse a page that came whole.

    Raises:
        UnreadableCapture: it ends before ``</html>``, is no HTML at all, or is nested too deeply.
    """
    if "</html>" not in html[-400:]:
        raise UnreadableCapture("not a whole page: it has no </html> at its end")
    if html.count("<") > MANY_TAGS and _depth(html) > DEEPEST:
        raise UnreadableCapture(f"not a page: more than {DEEPEST:,} elements inside each other")
    return LexborHTMLParser(html)


def _depth(html: str) -> int:
    """How deep elements are nested, as far as tags alone tell."""
    depth = deepest = 0
    for closing in _TAG.findall(html):
        depth += -1 if closing else 1
        deepest = max(deepest, depth)
    return deepest
