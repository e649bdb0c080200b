"""Roles and permissions as people read them. Every one has its words; a test holds that."""

from console.words import _
from evidence.people import Change
from evidence.roles import Permission, Role

ROLES = {
    Role.VIEWER: _("Viewer"),
    Role.MONITOR: _("Monitor"),
    Role.INVESTIGATOR: _("Investigator"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.ADMIN: _("Admin"),
}

CHANGES = {
    Change.ADD: _("New person"),
    Change.ROLE: _("Another role"),
    Change.LINK: _("New sign-in link"),
}

PERMISSIONS = {
    Permission.SUMMARY: _("Read figures and daily summaries"),
    Permission.HEALTH: _("See whether everything works"),
    Permission.PROPOSE_WATCHLIST: _("Propose changes of the watchlist"),
    Permission.APPROVE_WATCHLIST: _("Approve changes of the watchlist"),
    Permission.DECIDE: _("Decide flags"),
    Permission.SECOND_REVIEW: _("Give second reviews"),
    Permission.ADJUDICATE: _("Settle disputes"),
    Permission.SEARCH: _("Search the evidence"),
    Permission.REVEAL: _("Ask to see masked text"),
    Permission.APPROVE_REVEAL: _("Approve that others see masked text"),
    Permission.NOTE: _("Write notes in cases"),
    Permission.CASES: _("Build cases"),
    Permission.DRAFT_PACKAGE: _("Draft evidence packages"),
    Permission.APPROVE_PACKAGE: _("Approve evidence packages"),
    Permission.URGENT: _("Draft an urgent referral for child safety"),
    Permission.RECORD_SENDING: _("Record what was sent"),
    Permission.EXPORT: _("Export masked items"),
    Permission.BULK: _("Act on many flags at once"),
    Permission.PROPOSE_ERASE: _("Propose legal holds and erasures"),
    Permission.APPROVE_ERASE: _("Approve legal holds and erasures"),
    Permission.ASSIGN: _("Assign flags and set waiting times"),
    Permission.OWN_ACCESS_LOG: _("See what you have looked at"),
    Permission.ACCESS_LOG: _("See who looked at what, without content"),
    Permission.VERIFY_LOG: _("Verify the custody log"),
    Permission.PEOPLE: _("Keep accounts"),
    Permission.APPROVE_ROLE: _("Approve roles and sign-in links"),
    Permission.PAUSE: _("Pause all crawling"),
}
