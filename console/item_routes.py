"""The lines of the table of routes for search, items, cases, files, figures, help and the access log."""

from console.rates import Pace
from console.routing import Access, Route, Scope
from console.views import (
    access_log,
    approvals,
    case_acts,
    cases,
    exports,
    help_pages,
    items,
    overview,
    search,
    searches,
)
from evidence.roles import Permission

SEARCH = (
    Route("GET", "/search", search.search_page, Permission.SEARCH, Scope.LISTED, pace=Pace.SEARCH),
    Route("POST", "/search/save", searches.save, Permission.SEARCH),
    Route("POST", "/search/drop", searches.drop, Permission.SEARCH),
    Route("POST", "/search/download", exports.download, Permission.EXPORT, Scope.LISTED, pace=Pace.EXPORT),
    Route(
        "GET",
        "/api/search",
        search.find,
        Permission.SEARCH,
        Scope.LISTED,
        pace=Pace.SEARCH,
        gives=search.FoundPosts,
        words="Kept posts by the filters of `haechi list`, newest first, masked; `after` gives the next page.",
    ),
    Route(
        "GET",
        "/api/searches",
        searches.list_searches,
        Permission.SEARCH,
        gives=searches.Searches,
        words="Searches kept under names: one's own and the team's.",
    ),
    Route(
        "POST",
        "/api/searches",
        searches.save_by_program,
        Permission.SEARCH,
        body=searches.NewSearch,
        gives=searches.Searches,
        words="Keep the filters in the address under a name.",
    ),
)

ITEMS = (
    Route("GET", "/items/{post}", items.item_page, Permission.SEARCH, items.post_offices),
    Route("POST", "/items/{post}/case", case_acts.put_into, Permission.CASES, items.post_offices),
    Route("POST", "/items/{post}/erase", case_acts.erase, Permission.PROPOSE_ERASE, items.post_offices),
    Route(
        "GET",
        "/api/items/{post}",
        items.item,
        Permission.SEARCH,
        items.post_offices,
        gives=items.ItemRow,
        words="A post with its revisions, masked, its seals and how far they are proven.",
    ),
)

CASES = (
    Route("GET", "/cases", cases.cases_page, Permission.NOTE, Scope.LISTED),
    Route("POST", "/cases", cases.open_case, Permission.CASES),
    Route("GET", "/cases/{case}", cases.case_page, Permission.NOTE, cases.case_offices),
    Route("POST", "/cases/{case}/items", case_acts.put, Permission.CASES, cases.case_offices),
    Route("POST", "/cases/{case}/notes", case_acts.note, Permission.NOTE, cases.case_offices),
    Route("POST", "/cases/{case}/hold", case_acts.hold, Permission.PROPOSE_ERASE, cases.case_offices),
    Route(
        "POST",
        "/cases/{case}/export",
        case_acts.export,
        Permission.DRAFT_PACKAGE,
        cases.case_offices,
        pace=Pace.EXPORT,
        needs_proof=True,
    ),
    Route("GET", "/approvals", approvals.approvals_page, Permission.APPROVE_PACKAGE, Scope.LISTED),
    Route("POST", "/approvals", approvals.approve_one, Permission.APPROVE_PACKAGE, Scope.LISTED, needs_proof=True),
    Route(
        "GET",
        "/api/cases",
        cases.list_cases,
        Permission.NOTE,
        Scope.LISTED,
        gives=cases.Cases,
        words="Cases, newest first; their questions masked.",
    ),
    Route(
        "POST",
        "/api/cases",
        cases.open_by_program,
        Permission.CASES,
        body=cases.NewCase,
        gives=cases.Cases,
        words="Open a case.",
    ),
    Route(
        "GET",
        "/api/cases/{case}",
        cases.one_case,
        Permission.NOTE,
        cases.case_offices,
        gives=cases.Cases,
        words="One case.",
    ),
    Route(
        "POST",
        "/api/cases/{case}/items",
        case_acts.put_by_program,
        Permission.CASES,
        cases.case_offices,
        body=case_acts.Put,
        gives=cases.Cases,
        words="Put an item, or all revisions of a post, into a case.",
    ),
    Route(
        "POST",
        "/api/cases/{case}/notes",
        case_acts.note_by_program,
        Permission.NOTE,
        cases.case_offices,
        body=case_acts.NewNote,
        gives=cases.Cases,
        words="Write a note.",
    ),
)

FIGURES = (
    Route("GET", "/overview", overview.overview_page, Permission.HEALTH, Scope.LISTED),
    Route("GET", "/access-log", access_log.own_page, Permission.OWN_ACCESS_LOG, Scope.LISTED),
    Route("GET", "/access-log/all", access_log.all_page, Permission.ACCESS_LOG, Scope.LISTED),
    Route("GET", "/access-log/check", access_log.sheet_page, Permission.ACCESS_LOG, Scope.LISTED),
    Route("POST", "/access-log/check", access_log.check, Permission.ACCESS_LOG, Scope.LISTED),
    Route("GET", "/help/{role}", help_pages.role_page, Access.ANYONE),
    Route(
        "GET",
        "/api/overview",
        overview.numbers,
        Permission.SUMMARY,
        Scope.LISTED,
        gives=overview.Numbers,
        words="The figures of the overview within one's own offices, small ones withheld.",
    ),
    Route(
        "GET",
        "/api/access-log",
        access_log.own_log,
        Permission.OWN_ACCESS_LOG,
        Scope.LISTED,
        gives=access_log.AccessRows,
        words="What oneself has looked at, newest first; `before` gives the next page.",
    ),
    Route(
        "GET",
        "/api/access-log/all",
        access_log.whole_log,
        Permission.ACCESS_LOG,
        Scope.LISTED,
        gives=access_log.AccessRows,
        words="Who looked at what, newest first; of one person with `actor`. Admins get no words.",
    ),
)

ITEM_ROUTES = (*SEARCH, *ITEMS, *CASES, *FIGURES)
