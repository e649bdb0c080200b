"""Moments, days and time zones as people write them on the command line."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from evidence.errors import ConfigError

FIRST_YEAR, LAST_YEAR = 2013, 9998
"""Telegram began in the one; the other is the last with a day after each of its days."""
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_moment(text: str, now: datetime, option: str) -> datetime:
    """A moment in UTC.

    Args:
        text: ``2026-11-01``, ``2026-11-01T09:00:00Z``, or how long ago: ``90m``, ``24h``, ``7d``.
        now: what "ago" counts from.
        option: named in the error.

    Raises:
        ConfigError: neither form.
    """
    ago = re.fullmatch(r"(\d+)([mhdw])", text)
    try:
        if ago:
            return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ConfigError(f'{option}: "{text}" is not a time such as 2026-11-01, 2026-11-01T09:00:00Z or 24h') from None


def parse_zone(name: str, option: str) -> ZoneInfo:
    """A time zone such as ``Asia/Seoul``.

    Raises:
        ConfigError: there is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ConfigError(f'{option}: "{name}" is not a time zone such as Asia/Seoul') from None


def parse_day(text: str, option: str) -> date:
    """A calendar day such as ``2026-11-01``.

    Raises:
        ConfigError: another form, or before there was Telegram.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ConfigError(f'{option}: "{text}" is not a day such as 2026-11-01')
    return day
