"""What is known of posts, as people read it. Every value has its words; a test holds that."""

from console import review_words
from console.words import _
from evidence.erasure import Basis, Requester

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

BASES = {
    Basis.SUBJECT: _("The person asks for it (PIPA 36)"),
    Basis.STOP: _("The person asks that it be used no longer (PIPA 37)"),
    Basis.PURPOSE: _("The purpose is over (PIPA 21)"),
    Basis.COURT: _("A court ordered it"),
    Basis.AUTHORITY: _("An authority ordered it"),
    Basis.MISTAKE: _("It should never have been kept"),
}

REQUESTERS = {
    Requester.VICTIM: _("The person, or who acts for them"),
    Requester.AUTHORITY: _("A court, a regulator, the police"),
    Requester.OFFICE: _("An education office or a school"),
    Requester.RETENTION: _("Nobody: its time ran out"),
}

PROFILE_WORDS = {
    "police": _("Police: everything, as it is"),
    "regulator": _("Regulator: addresses, times, a masked excerpt"),
    "victim-support": _("Victim support: addresses, and where something personal stands"),
    "education-office": _("Education office: masked text of its own schools"),
    "ministry": _("Ministry: figures alone"),
}
"""What each gets; the table is in ``evidence/package/profiles.py``."""
