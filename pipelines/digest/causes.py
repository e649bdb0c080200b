"""Why hours were not watched, in a few words that name no room."""

from enum import StrEnum


class Cause(StrEnum):
    """What kept a Source from being watched."""

    NOT_LOOKED = "no_pass"
    """Nobody looked: the program did not run, or had no time."""
    WAIT = "wait"
    """The host asked us to wait, and we do."""
    REFUSED = "refused"
    """The host, its robots.txt or Telegram does not let us in."""
    NOT_SET_UP = "not_set_up"
    """No account, session or legal basis."""
    NOT_READABLE = "not_readable"
    """An answer came that is not the page it should be."""
    NO_ANSWER = "no_answer"
    """The host did not answer, or with a fault of its own."""
    NOT_SHOWN = "not_shown"
    """The place shows no posts this way, such as a group on the web."""
    OTHER = "other"
    """None of these: see the reasons."""


SIGNS: tuple[tuple[Cause, tuple[str, ...]], ...] = (
    (Cause.WAIT, ("to wait", "flood", "429", "too many", "backs off", "budget")),
    (Cause.NOT_SET_UP, ("session", "legal basis", "legal_basis", "haechi_", "account", "sign in", "signed in")),
    (Cause.REFUSED, ("401", "403", "451", "disallow", "refuse", "captcha", "log in", "login", "private")),
    (Cause.NOT_SHOWN, ("preview", "group", "not shown", "shows no posts")),
    (Cause.NOT_READABLE, ("not a page", "cannot be decoded", "unreadable", "layout", "not html", "larger than")),
    (
        Cause.NO_ANSWER,
        ("answered 5", "timed out", "timeout", "cannot be reached", "no answer", "connect", "unavailable"),
    ),
)
"""Looked for in this order, in lower case."""


def cause_of(reason: str) -> Cause:
    """The cause that a pass's reason speaks of."""
    said = reason.lower()
    if not said:
        return Cause.NOT_LOOKED
    return next((cause for cause, signs in SIGNS if any(sign in said for sign in signs)), Cause.OTHER)
