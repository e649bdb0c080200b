"""Today's words over kept pages find what they would have found; nothing twice, nothing older over newer."""

from dataclasses import replace
from datetime import timedelta

from config.watchlist import packaged_defaults, parse_watchlist
from crawler.crawl import Crawler, crawl_source
from crawler.erasing import ids_in
from crawler.passes import pass_over
from evidence.records import Watchlist
from pipelines import compile_criteria
from pipelines.terms import compile_terms
from practice.web import PracticeWeb
from practice.world import Draft, PracticeRoom
from storage.forms import read_post
from storage.index import known_posts
from storage.mongo import Document, Store
from tests.conftest import Clock
from tests.crawler.rescanning import of_posts, rescan, seeing_nothing, source, without_schools
from tests.crawler.serving import call
from tests.storage.making import NAMING, ORDINARY, everything
