"""The registry of bodies outside that referrals are drafted for: dated, with its sources, mistakes named by line.

``channels.yaml`` in the data directory stands in place of the packaged one, whose dates are those of its sources:
an operator verifies each entry and writes the day down.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from config.watchlist import _line_of, _read_yaml, in_words
from evidence.errors import ConfigError
from evidence.referral import DRAFTED_FOR, Channel, Words

PACKAGED = Path(__file__).with_name("channels.yaml")
FILE = "channels.yaml"
FIELDS = frozenset({"reference", "number", "items", "contact"})
"""What a template may name."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordsModel(_Model):
    """Korean and English."""

    ko: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def record(self) -> Words:
        """As a record."""
        return Words(ko=self.ko.strip(), en=self.en.strip())


def _is_profile(text: str) -> str:
    if text not in DRAFTED_FOR:
        raise ValueError(f"is no profile that is drafted for; expected one of {', '.join(DRAFTED_FOR)}")
    return text


class ChannelModel(_Model):
    """An entry."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    name: WordsModel
    formerly: tuple[str, ...] = ()
    address: WordsModel
    mails: tuple[str, ...] = ()
    accepts: WordsModel
    profile: Annotated[str, AfterValidator(_is_profile)]
    urgent: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    verified: date
    source: str = Field(min_length=1)
    subject: WordsModel
    template: WordsModel

    def record(self) -> Channel:
        """As a record."""
        return Channel(
            id=self.id,
            name=self.name.record(),
            formerly=self.formerly,
            address=self.address.record(),
            mails=tuple(mail.lower() for mail in self.mails),
            accepts=self.accepts.record(),
            profile=self.profile,
            is_urgent=self.urgent,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            verified=self.verified,
            source=self.source,
            subject=self.subject.record(),
            template=self.template.record(),
        )


class ChannelsModel(_Model):
    """The file."""

    version: int = Field(ge=1, le=1)
    channels: tuple[ChannelModel, ...] = Field(min_length=1)


def load_channels(data_dir: Path | None = None) -> tuple[Channel, ...]:
    """The registry of this installation: its own file, else the packaged one.

    Raises:
        ConfigError: a line for every mistake, ``FILE:LINE: key: …``.
    """
    own = data_dir / FILE if data_dir else PACKAGED
    path = own if own.exists() else PACKAGED
    try:
        return parse_channels(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text: {type(problem).__name__}") from None


def parse_channels(text: str, name: str) -> tuple[Channel, ...]:
    """Check a registry given as text; ``name`` stands for the file in messages."""
    values, lines, problems = _read_yaml(text, name)
    model: ChannelsModel | None = None
    try:
        model = ChannelsModel.model_validate(values)
    except ValidationError as error:
        problems += [(_line_of(lines, one["loc"]), _in_words(one)) for one in error.errors()]
    if model is not None:
        problems += [(_line_of(lines, loc), words) for loc, words in _mistakes(model)]
    if problems or model is None:
        raise ConfigError(*(f"{name}:{line}: {what}" for line, what in sorted(set(problems))))
    return tuple(channel.record() for channel in model.channels)


def _in_words(problem: Any) -> str:
    return in_words(problem).replace("a key of a watchlist here", "a key of a channel")


def _mistakes(model: ChannelsModel) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What concerns more than one value."""
    for place, channel in enumerate(model.channels):
        where: tuple[str | int, ...] = ("channels", place)
        if channel.valid_from and channel.valid_to and channel.valid_to < channel.valid_from:
            yield (*where, "valid_to"), f'channels[{place}].valid_to: "{channel.valid_to}" is before valid_from'
        for lang, template in (("ko", channel.template.ko), ("en", channel.template.en)):
            unknown = _fields(template) - FIELDS
            if unknown:
                known = ", ".join(sorted(FIELDS))
                what = f'channels[{place}].template.{lang}: "{sorted(unknown)[0]}" is no field; known: {known}'
                yield (*where, "template", lang), what
        for other in model.channels[:place]:
            if other.id == channel.id and _overlap(other, channel):
                yield (*where, "id"), f'channels[{place}].id: "{channel.id}" is valid twice on the same day'


def _fields(template: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    except ValueError:
        return {"a brace that is not closed"}


def _overlap(one: ChannelModel, other: ChannelModel) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_to or date.max, other.valid_to or date.max)


def find_channel(channels: Sequence[Channel], name: str, day: date) -> Channel:
    """The entry of a body that holds on a day.

    Raises:
        ConfigError: there is none.
    """
    known = [channel for channel in channels if channel.holds(day)]
    for channel in known:
        if channel.id == name:
            return channel
    raise ConfigError(f'--to: "{name}" is no body; known: {", ".join(channel.id for channel in known)}')


@cache
def channel_mails(data_dir: Path) -> frozenset[str]:
    """Addresses of bodies outside: only a person writes to these. Read once; packaged ones always count."""
    both = (*load_channels(data_dir), *load_channels())
    return frozenset(mail for channel in both for mail in channel.mails)
