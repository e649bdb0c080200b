"""What is known of posts, as people read it. Every value has its words; a test holds that."""

from console import review_words
from console.words import _

STATES: dict[str, str] = {
    "open": _("New"),
    **{str(state): words for state, words in review_words.STATES.items()},
    "erased": _("Erased"),
}
"""Of a Flag, also before it is queued and after it is gone."""

LEVELS = {**review_words.LEVELS, "several": _("Several"), "unclear": _("Not clear")}

WHY = {
    "investigation": _("For an investigation"),
    "referral": _("To hand something over"),
    "statistics": _("For figures"),
    "check": _("To check how we work"),
    "request": _("Somebody asked about what is kept"),
}
"""For what masked items are taken out: codes that stand in the log."""
