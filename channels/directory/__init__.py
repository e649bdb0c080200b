"""Public directories of channels, one file a site."""

SITES = ("telemetrio", "tgstat", "tgviewer", "combot", "generic")
"""Names that a watchlist's ``directories[].site`` may have."""
