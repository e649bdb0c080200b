"""What the review of flags is called in front of people. Every code has its words; a test holds that."""

from console.words import _
from evidence.progress import State, Step
from evidence.records import Severity
from evidence.review import Category, ClaimState, Disposition, Reason
from evidence.waiting import Rank, Why
from pipelines.revision_diff import Kind
from storage.reveal_requests import Purpose
from storage.review_list import Shelf

SEVERITIES = {
    Severity.LOW: _("Low"),
    Severity.MEDIUM: _("Medium"),
    Severity.HIGH: _("High"),
    Severity.CRITICAL: _("Critical"),
}
SHAPES = {Severity.LOW: "○", Severity.MEDIUM: "◐", Severity.HIGH: "▲", Severity.CRITICAL: "◆"}
"""So that severity can be told without colour."""
KINDS = {Severity.LOW: "plain", Severity.MEDIUM: "note", Severity.HIGH: "warn", Severity.CRITICAL: "bad"}
"""Classes of the badge."""

RANKS = {
    Rank.P0: _("P0 · within 15 minutes"),
    Rank.P1: _("P1 · within an hour"),
    Rank.P2: _("P2 · within 8 working hours"),
    Rank.P3: _("P3 · within 72 working hours"),
}

WHYS = {
    Why.SEVERITY: _("its gravest rule"),
    Why.THREAT: _("words of threat"),
    Why.SURGE: _("the room grew fast"),
    Why.SECOND: _("a second person is awaited"),
    Why.URGENT: _("child safety was raised"),
    Why.OVERDUE: _("it waited too long"),
}

STATES = {
    State.QUEUED: _("Waiting"),
    State.CLAIMED: _("Claimed"),
    State.SECOND_PENDING: _("Waiting for a second review"),
    State.SECOND_CLAIMED: _("In second review"),
    State.DISPUTED: _("Disputed"),
    State.FINAL: _("Final"),
    State.SNOOZED: _("Put off"),
    State.REOPENED: _("Reopened"),
}

SHELVES = {
    Shelf.WAITING: _("Waiting"),
    Shelf.SECOND: _("Waiting for a second review"),
    Shelf.HELD: _("Claimed"),
    Shelf.ASLEEP: _("Put off"),
    Shelf.DISPUTED: _("Disputed"),
    Shelf.DONE: _("Final"),
}

DISPOSITIONS = {
    Disposition.CONFIRMED: _("Confirmed"),
    Disposition.LIKELY: _("Likely"),
    Disposition.NOT_RELEVANT: _("Not relevant"),
    Disposition.RUMOUR_HOAX: _("Rumour or hoax"),
    Disposition.INDETERMINATE: _("Cannot be told"),
    Disposition.DUPLICATE_OF: _("Duplicate of another"),
}
"""In the order of the keys 1 to 6."""

CLAIMS = {
    ClaimState.CLAIMED: _("Mentioned (unchecked)"),
    ClaimState.CHECKED: _("Looked at, not settled"),
    ClaimState.CONFIRMED: _("Confirmed by a person"),
    ClaimState.REFUTED: _("Found untrue by a person"),
    ClaimState.UNKNOWN: _("Says nothing of a school"),
}

CATEGORIES = {
    Category.SYNTHETIC_MEDIA: _("Made or altered images"),
    Category.SOLICITATION: _("Asks for material"),
    Category.TRADE: _("Sells or exchanges"),
    Category.THREAT: _("Threatens"),
    Category.NAME_LIST: _("List of schools or people"),
    Category.PERSONAL_DATA: _("Personal details"),
    Category.AWARENESS: _("News, prevention, help"),
    Category.OTHER: _("None of these"),
}

REASONS = {
    Reason.PLAIN: _("The words say so"),
    Reason.HINTED: _("The words hint at it, or are disguised"),
    Reason.OTHER_MEANING: _("The words or the name mean something else"),
    Reason.REPORTING: _("It reports, warns or helps"),
    Reason.UNTRUE: _("Known to be untrue from elsewhere"),
    Reason.SAME: _("Another item says the same"),
    Reason.UNCLEAR: _("Too little is there to tell"),
    Reason.SEE_NOTE: _("Another reason: see the note"),
}

STEPS = {
    Step.CLAIM: _("claimed it"),
    Step.ASSIGN: _("assigned it"),
    Step.RELEASE: _("gave it back"),
    Step.LAPSE: _("let its time run out"),
    Step.SKIP: _("skipped it"),
    Step.RECUSE: _("stood back from it"),
    Step.READMIT: _("was let back to it"),
    Step.DECIDE: _("decided"),
    Step.SECOND: _("reviewed it the second time"),
    Step.ADJUDICATE: _("settled the dispute"),
    Step.WITHDRAW: _("took the decision back"),
    Step.SNOOZE: _("put it off"),
    Step.WAKE: _("took it up again"),
    Step.REOPEN: _("reopened it"),
    Step.SETTLE: _("took the reopening back"),
    Step.URGENT: _("raised child safety"),
    Step.CALM: _("took child safety back"),
    Step.CHECK: _("looked at the urgent one"),
    Step.NOTE: _("wrote a note"),
}

CHANGES = {Kind.GONE: _("gone:"), Kind.NEW: _("new:")}

PURPOSES = {
    Purpose.SAFETY: _("Somebody may be in danger"),
    Purpose.SUPPORT: _("Help for whoever is named"),
    Purpose.REFERRAL: _("It is to be handed over"),
    Purpose.CHECK: _("The mask took too much or too little"),
}

RULES = {
    "threat-against-school": _("Threatens, and names a school"),
    "school-with-synthetic-media": _("Names a school beside words for made or altered images"),
    "school-with-personal-data": _("Names a school beside personal details"),
    "synthetic-media-solicited": _("Asks for made or altered images"),
    "synthetic-media-traded": _("Offers made or altered images for sale or exchange"),
    "school-list": _("Speaks of a list, and names a school"),
    "many-schools": _("Names five schools or more"),
    "synthetic-media-threat": _("Threatens with made or altered images"),
    "threat-against-school-in-awareness": _("Words of threat beside a school, in news or prevention"),
    "school-with-synthetic-media-in-awareness": _("A school beside words for made images, in news or prevention"),
    "school-with-personal-data-in-awareness": _("A school beside personal details, in news or prevention"),
    "synthetic-media-solicited-in-awareness": _("Words that ask for made images, in news or prevention"),
    "synthetic-media-traded-in-awareness": _("Words of a trade in made images, in news or prevention"),
    "school-list-in-awareness": _("Speaks of a list, in news or prevention"),
    "many-schools-in-awareness": _("Names five schools or more, in news or prevention"),
    "synthetic-media-threat-in-awareness": _("Threats with made images, in news or prevention"),
}
"""Of the packaged rules; a rule of a watchlist of one's own is shown by its id."""

LEVELS = {
    "elementary": _("elementary school"),
    "middle": _("middle school"),
    "high": _("high school"),
    "special": _("special school"),
    "other": _("other school"),
    "university": _("university"),
}

REFUSALS = {
    "held": ("somebody else holds it", _("Somebody else holds it.")),
    "recused": ("was recused", _("You stood back from this one.")),
    "own": ("nobody reviews what they decided themselves", _("Nobody reviews what they decided themselves.")),
    "meanwhile": ("in between: look again", _("Somebody else acted on it meanwhile. Look again.")),
    "claiming": ("is about to claim it", _("Somebody else is about to claim it.")),
    "late": ("the time to act on it is up", _("Your time with it is up. Claim it again.")),
    "limit": ("are the limit", _("Today's limit is reached. Please go on tomorrow.")),
    "undo": ("cannot be taken back", _("The last act on it is not yours, or cannot be taken back. Reopen it.")),
    "old": ("older than 24 hours", _("The last act on it is not yours, or is older than 24 hours.")),
    "double": ("it is a duplicate itself", _("That one is a duplicate itself: name the one that it stands for.")),
    "alike": ("a duplicate names another Flag", _("A duplicate names another flag, and nothing else does.")),
    "note": ("a note is needed", _("A note is needed.")),
    "grave": ("it is too grave", _("It is too grave, or needs a second review: not in bulk.")),
    "long": ("72 hours at the most", _("It may be put off for 72 hours at the most.")),
    "urgent": ("it is urgent already", _("Child safety was raised already.")),
    "raiser": ("only who raised it", _("Only who raised it, or a supervisor, may take it back.")),
    "raised": ("nobody looks at what they raised themselves", _("Nobody checks what they raised themselves.")),
    "erased": ("its post was erased", _("Its post was erased.")),
    "none": ("there is no such flag", _("There is no such flag, or it is not yours to see.")),
    "theirs": ("whoever should get it may not see it", _("It is outside of the offices of whoever should get it.")),
    "role": ("may not", _("Your role may not do this.")),
    "many": ("may decide at most", _("These are more at once than your role may decide.")),
    "preview": ("preview again", _("The preview is older than an hour. Make it again.")),
    "state": ("is not possible", _("This is not possible as it stands. Look again.")),
}
"""By a short name for addresses: what the store says, and how people read it; the first that fits."""
OTHER_REFUSAL = _("This is not possible just now. Look again.")


def refusal_name(problem: Exception) -> str:
    """The short name of a refusal."""
    said = str(problem)
    return next((name for name, (phrase, _words) in REFUSALS.items() if phrase in said), "other")


def refusal_words(name: str) -> str:
    """The sentence of a short name; it is translated when it is shown."""
    return REFUSALS[name][1] if name in REFUSALS else OTHER_REFUSAL


CHOOSE = _("Choose flags and a decision; a reason of its own needs a note.")
CHOOSE_PERSON = _("Choose flags, and somebody to give them to; at most 20 at once.")
NO_LIMIT = _("A limit is a number from 0 to 200: it is lowered for a person, never raised above that.")
NOT_ASKED = _("This cannot be asked for: it is outside of your offices, or the post changed meanwhile. Look again.")
NOT_OF_CASE = _("Choose 1 to 20 posts of this case that you may see; if they are of many rooms, ask in two parts.")
NOT_APPROVED = _("This cannot be approved: it is your own, is over, or goes beyond your offices.")
