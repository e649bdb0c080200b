"""Settings, watchlists and packaged defaults: from files and the environment to records."""
