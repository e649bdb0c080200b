"""What a rescan needs, put together from the installation: alike in every process that takes part."""

from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version

from config.settings import Settings
from config.watchlist import packaged_defaults
from crawler.assemble import criteria_for, now, posters_key, setting_for, stored_watchlist
from crawler.compiled import register_hash
from crawler.rescanning import Rescanner, what_decides
from crawler.trying import Place, places_to_try
from evidence.cipher import pseudonym
from evidence.errors import ConfigError
from evidence.records import Rule, Term
from evidence.retention import Kept, read_periods
from storage.mongo import Store
from storage.retro import Manner


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Words, rules and places of a rescan."""

    terms: tuple[Term, ...]
    rules: tuple[Rule, ...]
    places: tuple[Place, ...]
    what: str
    """Hash of all that decides what is found."""


async def order_for(store: Store, settings: Settings, source: str | None) -> Order:
    """Today's terms and rules, and the places whose Captures are kept; only one where it is named.

    Raises:
        ConfigError: nothing was ever read of the place that is named.
    """
    watchlist = await stored_watchlist(store, settings)
    terms, rules = (watchlist.terms, watchlist.rules) if watchlist is not None else packaged_defaults()
    every = await places_to_try(store, watchlist, now())
    places = tuple(place for place in every if source in (None, place.source))
    if source is not None and not places:
        raise ConfigError(f"--source: nothing was read of {source} yet: `haechi list rooms` names what was")
    what = what_decides(terms, rules, every, register_hash(settings.register), version("haechi"))
    return Order(terms=terms, rules=rules, places=places, what=what)


async def rescanner_for(store: Store, settings: Settings, order: Order) -> Rescanner:
    """What reads Captures again; what it seals says that it was sealed by a rescan."""
    setting = await setting_for(store, settings)
    return Rescanner(
        store=store,
        criteria=await criteria_for(store, order.terms, order.rules, settings),
        manner=Manner(
            setting=replace(setting, collector=f"{setting.collector} rescan"),
            mentioned_kept=read_periods(settings.retention)[Kept.MENTIONED],
        ),
        pseudonym=partial(pseudonym, posters_key(store)),
        clock=now,
    )
