"""Public directories of channels, one file a site.

A site's file is its markup as values; ``spider`` is the one spider that reads them all, ``collect``
the one entry for whoever wants a directory read, ``pages`` the reading of a single page.
"""

from channels.directory import combot, generic, telemetrio, tgstat, tgviewer

SITES = {
    "telemetrio": telemetrio.SITE,
    "tgstat": tgstat.SITE,
    "tgviewer": tgviewer.SITE,
    "combot": combot.SITE,
    "generic": generic.SITE,
}
"""By the name that a watchlist's ``directories[].site`` gives it; ``generic`` comes last and fits any page."""
