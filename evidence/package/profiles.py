"""What each kind of recipient is given: the least that it needs. A table of fields, nothing else."""

from dataclasses import dataclass
from enum import StrEnum

from evidence.errors import ConfigError


class Part(StrEnum):
    """A part of what is known of an item."""

    RECORD = "record"
    """The sealed record with its salt, the fragment as captured, the exchange, its revisions."""
    QUESTION = "question"
    """The question of the case."""
    ADDRESS = "address"
    """Address and ids of the post and of its room."""
    TIMES = "times"
    """When it was posted and when it was seen."""
    CATEGORY = "category"
    """Severity, and the rules that flagged it."""
    TEXT = "text"
    """All of its words, as they are."""
    MASKED = "masked"
    """All of its words, masked; names of schools of other offices too."""
    EXCERPT = "excerpt"
    """The first words, masked."""
    PLACES = "places"
    """Where in its words something personal stands, and of which kind; not the words."""
    SEAL = "seal"
    """Its commitment and its entry in the log."""
    CASE_LOG = "case log"
    """What else the log says of the items and of the case: who put, noted, revealed, decided."""
    AGGREGATES = "aggregates"
    """How many there are, small numbers suppressed; nothing of any one item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one kind of recipient is given."""

    name: str
    parts: frozenset[Part]
    needs_office: bool = False
    """Only items that name a school of one office of education."""

    def has(self, *parts: Part) -> bool:
        """Whether any of these is given."""
        return not self.parts.isdisjoint(parts)


_P = Part
_TABLE: dict[str, tuple[Part, ...]] = {
    "police": (_P.RECORD, _P.QUESTION, _P.ADDRESS, _P.TIMES, _P.CATEGORY, _P.TEXT, _P.SEAL, _P.CASE_LOG),
    "regulator": (_P.ADDRESS, _P.TIMES, _P.CATEGORY, _P.EXCERPT, _P.SEAL),
    "victim-support": (_P.ADDRESS, _P.TIMES, _P.PLACES, _P.SEAL),
    "education-office": (_P.TIMES, _P.CATEGORY, _P.MASKED),
    "ministry": (_P.AGGREGATES,),
}

PROFILES = {
    name: Profile(name=name, parts=frozenset(parts), needs_office=name == "education-office")
    for name, parts in _TABLE.items()
}
"""From the most to the least."""


def find_profile(name: str, office: str | None) -> Profile:
    """The profile of this name.

    Raises:
        ConfigError: there is none, or it does not go with the office.
    """
    profile = PROFILES.get(name)
    if profile is None:
        raise ConfigError(f'--profile: "{name}" is no profile; expected one of {", ".join(PROFILES)}')
    if profile.needs_office and office is None:
        raise ConfigError(f"--office: not given; {name} gets items of its own office only, such as --office B10")
    if office is not None and not profile.needs_office:
        raise ConfigError(f"--office: {name} is not limited to an office; leave it out")
    return profile
