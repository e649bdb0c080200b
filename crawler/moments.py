"""Moments and days as people write them on the command line."""

import re
from datetime import UTC, date, datetime, timedelta

from evidence.errors import ConfigError

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
    if ago:
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f'{option}: "{text}" is not a time such as 2026-11-01, 2026-11-01T09:00:00Z or 24h') from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def parse_day(text: str, option: str) -> date:
    """A calendar day such as ``2026-11-01``.

    Raises:
        ConfigError: another form.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f'{option}: "{text}" is not a day such as 2026-11-01') from None
