"""The lines of the table of routes for watchlists, candidates and pauses.

They show rooms and words that are looked for; matches of a trial are left out where they are not in scope.
"""

from console.rates import Pace
from console.routing import Route, Scope
from console.views import (
    pauses,
    rooms,
    watchlist,
    watchlist_api,
    watchlist_changes,
    watchlist_drafts,
    watchlist_entries,
    watchlist_models,
    watchlist_terms,
    watchlist_versions,
)
from evidence.roles import Permission

_SEE, _PAUSE = Permission.PROPOSE_WATCHLIST, Permission.PAUSE
_LIST = Scope.LISTED

PAGES = (
    Route("GET", "/watchlist", watchlist.watchlist_page, _SEE),
    Route("GET", "/watchlist/add", watchlist_entries.add_page, _SEE),
    Route("POST", "/watchlist/link", watchlist_entries.check_link, _SEE, pace=Pace.SEARCH),
    Route("POST", "/watchlist/rooms", watchlist_entries.put_room, _SEE, _LIST),
    Route("GET", "/watchlist/rooms/{room}", watchlist.room_page, _SEE),
    Route("POST", "/watchlist/directories", watchlist_entries.put_directory, _SEE, _LIST),
    Route("GET", "/watchlist/directories/{directory}", watchlist.directory_page, _SEE),
    Route("POST", "/watchlist/remove", watchlist_entries.remove_entry, _SEE, _LIST, pace=Pace.SEARCH),
    Route("GET", "/watchlist/terms", watchlist_terms.terms_page, _SEE),
    Route("GET", "/watchlist/term", watchlist_terms.term_page, _SEE),
    Route("POST", "/watchlist/term", watchlist_terms.put_term, _SEE, _LIST, pace=Pace.SEARCH),
    Route("GET", "/watchlist/rule", watchlist_terms.rule_page, _SEE),
    Route("POST", "/watchlist/rule", watchlist_terms.put_rule, _SEE, _LIST, pace=Pace.SEARCH),
    Route("POST", "/watchlist/draft", watchlist_drafts.look_at_draft, _SEE, _LIST, pace=Pace.SEARCH),
    Route("GET", "/watchlist/changes", watchlist_changes.changes_page, _SEE),
    Route("POST", "/watchlist/changes", watchlist_changes.propose, _SEE, _LIST),
    Route("GET", "/watchlist/changes/{change}", watchlist_changes.change_page, _SEE),
    Route("POST", "/watchlist/changes/{change}", watchlist_changes.decide, _SEE),
    Route("GET", "/watchlist/versions", watchlist_versions.versions_page, _SEE),
    Route("GET", "/watchlist/versions/{number}", watchlist_versions.version_page, _SEE),
    Route("GET", "/watchlist/versions/{number}/yaml", watchlist_versions.export_version, _SEE),
    Route("POST", "/watchlist/versions/{number}/again", watchlist_versions.roll_back, _SEE, _LIST, pace=Pace.SEARCH),
    Route("GET", "/watchlist/text", watchlist_versions.import_page, _SEE),
    Route("POST", "/watchlist/text", watchlist_versions.import_text, _SEE, _LIST, pace=Pace.SEARCH),
    Route("GET", "/watchlist/candidates", rooms.candidates_page, _SEE),
    Route("POST", "/watchlist/candidates", rooms.decide_room, _SEE),
    Route("GET", "/pauses", pauses.pauses_page, _PAUSE),
    Route("POST", "/pauses", pauses.decide_pause, _PAUSE),
)

API = (
    Route(
        "GET",
        "/api/watchlist",
        watchlist_api.watchlist,
        _SEE,
        gives=watchlist_models.WatchlistBody,
        words="The newest version, and how its rooms and directories stand.",
    ),
    Route(
        "GET",
        "/api/watchlist/versions",
        watchlist_api.versions,
        _SEE,
        gives=watchlist_models.VersionsBody,
        words="All versions, newest first.",
    ),
    Route(
        "GET",
        "/api/watchlist/versions/{number}",
        watchlist_api.version,
        _SEE,
        gives=watchlist_models.VersionBody,
        words="A version with its text, and what differs from the one before.",
    ),
    Route(
        "POST",
        "/api/watchlist/link",
        watchlist_api.check_link,
        _SEE,
        pace=Pace.SEARCH,
        body=watchlist_models.LinkBody,
        gives=watchlist_models.LinkRow,
        words="Where the link of a room leads: one polite request to its page.",
    ),
    Route(
        "POST",
        "/api/watchlist/try",
        watchlist_api.try_edits,
        _SEE,
        _LIST,
        pace=Pace.SEARCH,
        body=watchlist_models.TryBody,
        gives=watchlist_models.TrialBody,
        words="Which stored posts would be flagged otherwise; nothing is written.",
    ),
    Route(
        "GET",
        "/api/watchlist/changes",
        watchlist_api.changes,
        _SEE,
        gives=watchlist_models.ChangesBody,
        words="Changes of the last 90 days, newest first.",
    ),
    Route(
        "POST",
        "/api/watchlist/changes",
        watchlist_api.propose,
        _SEE,
        body=watchlist_models.ProposeBody,
        gives=watchlist_models.ChangeRow,
        words="Propose edits; 409 where somebody saved a version meanwhile.",
    ),
    Route(
        "POST",
        "/api/watchlist/changes/{change}",
        watchlist_api.decide,
        _SEE,
        body=watchlist_models.DecideBody,
        words="Save another person's change as the next version, or decline it.",
    ),
    Route(
        "GET",
        "/api/candidates",
        watchlist_api.candidates,
        _SEE,
        gives=watchlist_models.RoomsBody,
        words="Rooms that were found and that nobody watches.",
    ),
    Route(
        "POST",
        "/api/candidates",
        watchlist_api.decide_candidate,
        _SEE,
        body=rooms.Act,
        gives=watchlist_models.Done,
        words="Propose that a room be watched, dismiss it, or take that back.",
    ),
    Route(
        "GET",
        "/api/pauses",
        watchlist_api.pauses,
        _PAUSE,
        gives=watchlist_models.PausesBody,
        words="What a person stopped.",
    ),
    Route(
        "POST",
        "/api/pauses",
        watchlist_api.decide_pause,
        _PAUSE,
        body=pauses.Wish,
        gives=watchlist_models.Done,
        words="Stop a place or all crawling, or let it go on.",
    ),
)

WATCHLIST_ROUTES = (*PAGES, *API)
"""Method, path, who answers, who may. Saving asks for ``APPROVE_WATCHLIST`` besides."""
