"""Words of the watchlist's pages that are chosen by a value."""

from console.words import Message, _
from evidence.pause import Quiet
from evidence.records import Severity
from evidence.watchlist_change import Standing

OUTCOMES = {
    "watched": ("good", _("Watched")),
    "blind": ("bad", _("Blind")),
    "gone": ("warn", _("Gone")),
    "refused": ("warn", _("Refused")),
    None: ("plain", _("Not read yet")),
}
"""A shape and a word for how the last pass ended."""

SECTIONS = {
    "sources": _("Room"),
    "directories": _("Directory"),
    "terms": _("Term"),
    "rules": _("Rule"),
    "": _("The whole list"),
}
STANDINGS = {
    Standing.WAITING: ("note", _("Waiting")),
    Standing.SAVED: ("good", _("Saved")),
    Standing.DECLINED: ("bad", _("Declined")),
}
QUIETS = {Quiet.PAUSE: ("warn", _("Paused")), Quiet.MUTE: ("note", _("Muted"))}
SEVERITIES = {
    Severity.LOW: ("plain", _("low")),
    Severity.MEDIUM: ("note", _("medium")),
    Severity.HIGH: ("warn", _("high")),
    Severity.CRITICAL: ("bad", _("critical")),
}
KINDS = {
    "channel": _("Channel"),
    "group": _("Group"),
    "user": _("A person's account: never watched."),
    "bot": _("A bot: never watched."),
    "invite": _("An invite link: never watched."),
    "absent": _("Nothing is shown under this name. Telegram shows the same when it is asked too often."),
}
"""What a place is, or why it is never watched."""

REASONS = {
    "name": _("its name has a word of the directory's entry"),
    "school": _("its title or description names a school (unchecked)"),
    "growth": _("it grows fast"),
    "link": _("a post of a watched room links to it"),
    "forward": _("a post of a watched room was forwarded from it"),
}
"""Why somebody might look at a candidate."""

FIELDS = {
    "every": _("Expected a duration such as 10m, 6h or 7d."),
    "backfill": _("Expected a duration such as 7d, or 0, or all."),
    "until": _("Expected a day such as 2027-02-01."),
    "office": _("This is no education office."),
    "address": _("This is not the address of a public room or page."),
    "site": _("This site is not known."),
    "auto_watch": _("Expected a number from 0 to 50."),
    "patterns": _("One of these is no RE2 pattern."),
    "id": _("Expected a name that is not used yet."),
    "any": _("Give a word or a pattern."),
    "when": _("Expected mentions, terms or both."),
    "mentions": _("Expected a whole number."),
    "severity": _("This is none of the choices."),
}
"""What a field expects."""

_REFUSALS = {
    "is an invite link": _("This is an invite link to a private room. Only public rooms are watched."),
    "into a private room": _("This link leads into a private room. Only public rooms are watched."),
    "numeric id": _("This is the number of a private chat. Only public rooms with a name are watched."),
    "is a link to a post": _("This is a link to a post. Paste the link of its room."),
    "is not a link to a room": _("This is a link of Telegram, but not to a room."),
    "is not https": _("This is not an https address."),
    "is not on t.me": _("This is not an address of Telegram. Directories are added below."),
    "already in the list": _("This is on the watchlist already."),
}
_REFUSED = _("This is not the link of a public room, such as t.me/example_room or @example_room.")


_BLIND = {
    "shows no public room": _("No public room is shown there, while a page that is known to be there was shown."),
    "without public preview": _(
        "No public preview: members are counted, posts are not seen. An account could read it."
    ),
    "asked account": _("Telegram asked the account to wait."),
    "asked us to wait": _("The host asked us to wait."),
    "left alone for": _("The host asked us to wait."),
    "paused by a person": _("A person paused it."),
    "robots.txt": _("robots.txt does not let us in."),
    "captcha": _("A captcha or a login: we stay out."),
    "did not answer": _("No answer came."),
    "answered ": _("The host answered with an error."),
    "not a page of t.me": _("What came is no page of Telegram."),
    "not a whole page": _("The page came cut off."),
    "closed to the public": _("It is closed to the public: private rooms are not read."),
    "is a person or a bot": _("It is a person or a bot, no public room."),
    "whose session is not in": _("The account that reads it is not set up here."),
}


def why_blind(reason: str) -> Message | None:
    """Why a place was not seen, in words of the console; None for what has no words here."""
    return next((Message(words) for part, words in _BLIND.items() if part in reason), None)


def refusal(problem: str) -> Message:
    """Why a link is refused, in words of the console."""
    return Message(next((words for part, words in _REFUSALS.items() if part in problem), _REFUSED))
