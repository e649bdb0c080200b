"""The lines of the table of routes for search, items, cases, files, figures, help and the access log."""

from console.rates import Pace
from console.routing import Route, Scope
from console.views import exports, search, searches
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

ITEM_ROUTES = (*SEARCH,)
