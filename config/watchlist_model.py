"""What a watchlist file may say: its keys, their forms and the records that they become."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

import re2
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from config.register import OFFICES
from evidence.address import parse_room_address, parse_web_address
from evidence.errors import ConfigError
from evidence.records import Directory, Rule, Severity, Source, Term, Via

DEFAULT_TIMEZONE = "Asia/Seoul"
MOST_AUTO = 50
"""Rooms that a directory's rule may take up."""
UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}

LONGEST_S = 20 * 365 * UNITS_S["d"]
"""Telegram is not older."""
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Hangul characters that show nothing."""


def read_duration(value: object) -> int:
    """Seconds of a duration such as ``30s``, ``10m``, ``6h``, ``7d``."""
    found = re.fullmatch(r"(\d+)([smhdw])", value) if isinstance(value, str) else None
    seconds = int(found[1]) * UNITS_S[found[2]] if found else 0
    if not 0 < seconds <= LONGEST_S:
        raise ValueError(f'"{value}" is not a duration such as 10m')
    return seconds


def read_backfill(value: object) -> int | None:
    """Seconds to read back; 0 for only what is new, None for all."""
    if value in (0, "0"):
        return 0
    return None if value == "all" else read_duration(value)


def read_day(value: object) -> date:
    """A calendar day such as ``2027-02-01``."""
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(f'"{value}" is not a day such as 2027-02-01') from None


def _read_room(value: object) -> str:
    try:
        return parse_room_address(str(value))
    except ConfigError as problem:
        raise ValueError(str(problem)) from None


def _read_list_address(value: str, info: ValidationInfo) -> str:
    try:
        return parse_web_address(value, bool((info.context or {}).get("allow_loopback")))
    except ConfigError as problem:
        raise ValueError(str(problem)) from None


def _known_site(value: str, info: ValidationInfo) -> str:
    sites = (info.context or {}).get("sites", frozenset())
    if value not in sites:
        raise ValueError(f"is not a known directory site; known: {', '.join(sorted(sites))}")
    return value


def _known_office(value: str) -> str:
    codes = sorted(set(OFFICES.values()))
    if value not in codes:
        raise ValueError(f"is not a NEIS office code; known: {', '.join(codes)}")
    return value


def _known_timezone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"is not a time zone such as {DEFAULT_TIMEZONE}")
    return ZoneInfo(value).key


def _readable_pattern(value: str) -> str:
    try:
        re2.compile(value, _quiet())
    except re2.error as problem:
        why = problem.args[0].decode() if isinstance(problem.args[0], bytes) else problem.args[0]
        raise ValueError(f"is not an RE2 pattern: {why}") from None
    return value


def _quiet() -> Any:
    options = re2.Options()
    options.log_errors = False
    return options


def _not_blank(value: str) -> str:
    if not any(character.isprintable() and character not in _FILLERS for character in value.strip()):
        raise ValueError("is blank")
    return value.strip()


Text = Annotated[str, AfterValidator(_not_blank)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceModel(_Entry):
    """An entry of ``sources``."""

    address: Annotated[str, BeforeValidator(_read_room)]
    via: Literal["telegram-web", "telegram"] = "telegram-web"
    every: Annotated[int, BeforeValidator(read_duration)] = 600
    backfill: Annotated[int | None, BeforeValidator(read_backfill)] = 86_400
    office: Annotated[str, AfterValidator(_known_office)] | None = None
    reason: Text | None = None
    until: Annotated[date, BeforeValidator(read_day)] | None = None

    def record(self) -> Source:
        """The Source that the entry describes."""
        return Source(
            address=self.address,
            via=Via(self.via),
            every_s=self.every,
            backfill_s=self.backfill,
            office=self.office,
            reason=self.reason,
            until=self.until,
        )


class DirectoryModel(_Entry):
    """An entry of ``directories``."""

    site: Annotated[str, AfterValidator(_known_site)]
    address: Annotated[str, AfterValidator(_read_list_address)]
    every: Annotated[int, BeforeValidator(read_duration)] = 21_600
    name_matches: list[Text] = Field(default_factory=list)
    auto_watch: Annotated[int, Field(ge=0, le=MOST_AUTO, strict=True)] = 0

    def record(self) -> Directory:
        """The Directory that the entry describes."""
        return Directory(
            site=self.site,
            address=self.address,
            every_s=self.every,
            name_matches=tuple(self.name_matches),
            auto_watch=self.auto_watch,
        )


class TermModel(_Entry):
    """An entry of ``terms``."""

    id: Text
    any: list[Text] = Field(default_factory=list)
    patterns: list[Annotated[str, AfterValidator(_readable_pattern)]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        if not self.any and not self.patterns:
            raise ValueError(f'"{self.id}" finds nothing: give words in any, or patterns')
        return self

    def record(self) -> Term:
        """The Term that the entry describes."""
        return Term(id=self.id, any=tuple(self.any), patterns=tuple(self.patterns))


class WhenModel(_Entry):
    """The condition of a rule."""

    mentions: Annotated[int, Field(ge=0, strict=True)] = 0
    terms: list[str] = Field(default_factory=list)
    without: list[str] = Field(default_factory=list)


def _asks_something(value: WhenModel) -> WhenModel:
    if value.mentions == 0 and not value.terms:
        raise ValueError('"when" asks for nothing: give mentions, terms or both')
    return value


class RuleModel(_Entry):
    """An entry of ``rules``."""

    id: Text
    when: Annotated[WhenModel, AfterValidator(_asks_something)]
    severity: Literal["low", "medium", "high", "critical"]

    def record(self) -> Rule:
        """The Rule that the entry describes."""
        return Rule(
            id=self.id,
            severity=Severity(self.severity),
            mentions=self.when.mentions,
            terms=tuple(self.when.terms),
            without=tuple(self.when.without),
        )


def _empty_for_none(value: Any) -> Any:
    """``sources:`` with nothing below it is an empty list."""
    return [] if value is None else value


class WatchlistModel(_Entry):
    """A whole watchlist file."""

    version: Literal[1]
    timezone: Annotated[str, AfterValidator(_known_timezone)] | None = None
    sources: Annotated[list[SourceModel], BeforeValidator(_empty_for_none)] = Field(default_factory=list)
    directories: Annotated[list[DirectoryModel], BeforeValidator(_empty_for_none)] = Field(default_factory=list)
    terms: Annotated[list[TermModel], BeforeValidator(_empty_for_none)] = Field(default_factory=list)
    rules: list[RuleModel] | None = None
