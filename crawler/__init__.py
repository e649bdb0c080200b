"""The composition root: the crawl loop, the schedule and the command line put all parts together."""
