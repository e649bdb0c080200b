"""Records of what staff configure: where to look, for what, and which schools there are."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Via(StrEnum):
    """The channel through which a Source is read."""

    TELEGRAM_WEB = "telegram-web"
    """Telegram's public web pages; no account."""
    TELEGRAM = "telegram"
    """Telegram's own protocol; needs a signed-in session and a legal basis."""


class Severity(StrEnum):
    """How soon a person should look, mildest first."""

    LOW = "low"
    """Worth knowing; news and awareness posts end here."""
    MEDIUM = "medium"
    """To be looked at this week."""
    HIGH = "high"
    """To be looked at today."""
    CRITICAL = "critical"
    """To be looked at now."""

    @property
    def rank(self) -> int:
        """0 for the mildest; larger is graver."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One public place that is watched."""

    address: str
    """Canonical, ``https://t.me/name`` in lower case."""
    via: Via = Via.TELEGRAM_WEB
    every_s: int = 600
    """Seconds between two passes."""
    backfill_s: int | None = 86_400
    """How far back the first pass reads; 0 means only what is new, None means everything."""
    office: str | None = None
    """NEIS office code such as ``B10``; tells schools of one name apart."""
    reason: str | None = None
    until: date | None = None
    """Last day on which the Source is watched; None means until it is taken off the list."""

    @property
    def name(self) -> str:
        """Public username, without ``@``."""
        return self.address.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A public directory of channels in which Rooms are looked for."""

    site: str
    address: str
    every_s: int
    name_matches: tuple[str, ...] = ()
    auto_watch: int = 0
    """How many rooms whose name matches may be watched without a person's act; 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words and RE2 patterns looked for under one name; any of them is enough."""

    id: str
    any: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What raises a Flag: at least ``mentions`` Mentions, every Term of ``terms``, none of ``without``."""

    id: str
    severity: Severity
    mentions: int = 0
    terms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """One version of what is watched and why."""

    timezone: str
    """IANA name; days of a summary are days there."""
    sources: tuple[Source, ...] = ()
    directories: tuple[Directory, ...] = ()
    terms: tuple[Term, ...] = ()
    rules: tuple[Rule, ...] = ()


NO_OFFICE = "none"
"""The scope of universities, and of what belongs to no office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """One row of the Register: a school, a university or a college."""

    code: str
    """NEIS standard code, or ``U:`` + name for a university without one."""
    name: str
    level: str
    """``elementary``, ``middle``, ``high``, ``special``, ``other`` or ``university``."""
    province: str = ""
    district: str = ""
    office: str = ""
    """NEIS office code such as ``B10``; empty where unknown and for universities."""
    name_en: str = ""
    homepage: str = ""
    until: str = ""
    """Year in which this former name ended, ``?`` where unknown; empty for today's names."""

    @property
    def scope(self) -> str:
        """Whose scope it is in: its office, or ``NO_OFFICE``."""
        return self.office or NO_OFFICE
