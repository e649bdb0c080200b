"""Words of notices and referrals in front of people. Every code has its words; a test holds that."""

from console.words import _
from evidence.notice import Kind
from evidence.referral import Result, Seen, Stage

KINDS = {
    Kind.SURGE: _("A room gained members fast"),
    Kind.GRAVE: _("A grave post was flagged"),
    Kind.RENAMED: _("A room has another title"),
    Kind.MOVED: _("A room moved"),
    Kind.GONE: _("A room is gone"),
    Kind.LIMITED: _("Reading is limited"),
    Kind.UNSEEN: _("A room was not read for long"),
    Kind.BACKLOG: _("Flags wait longer than they may"),
    Kind.SEARCH: _("A saved search found something new"),
    Kind.UNDELIVERED: _("Something was not delivered"),
}
NUMBERS = {
    "members": _("members"),
    "gained": _("more than before"),
    "minutes": _("minutes"),
    "rooms": _("rooms"),
    "flags": _("flags"),
    "posts": _("posts"),
    "deliveries": _("deliveries"),
}
STAGES = {
    Stage.DRAFTED: _("Drafted"),
    Stage.APPROVED: _("Approved, not sent"),
    Stage.SENT: _("Sent by a person"),
    Stage.OUTCOME: _("Outcome known"),
    Stage.WITHDRAWN: _("Withdrawn"),
}
SHAPES = {
    Stage.DRAFTED: "note",
    Stage.APPROVED: "warn",
    Stage.SENT: "good",
    Stage.OUTCOME: "good",
    Stage.WITHDRAWN: "plain",
}
"""Classes of the badge."""
RESULTS = {
    Result.REMOVED: _("All of it is gone"),
    Result.PARTLY: _("Some of it is gone"),
    Result.REFUSED: _("They do nothing about it"),
    Result.UNDER_WAY: _("They received it"),
}
SEEN = {
    Seen.UP: _("still there"),
    Seen.GONE: _("gone"),
    Seen.UNKNOWN: _("not known"),
}
