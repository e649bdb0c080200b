"""The parts of a summary: one record a line."""

from dataclasses import dataclass
from typing import Literal

Figure = int | Literal["withheld"] | None
"""A number; ``withheld`` where it, or one that could be worked out from it, is too small to be shown; None where
nothing is known, which is not nought."""
WITHHELD: Literal["withheld"] = "withheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMembers:
    """What a directory says of a Source's members."""

    site: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersChange:
    """How members changed: between two bounds, which are one where both counts are exact."""

    low: int
    high: int

    @property
    def is_measurable(self) -> bool:
        """Whether it is larger than what the counts are rounded to."""
        return self.low == self.high or self.low > 0 or self.high < 0

    @property
    def is_exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """Members changed unlike in the days before."""

    change: int
    usual: int
    """Median of the changes of seven days."""
    z_hundredths: int | None
    """Robust z, in hundredths; None where the days before were all alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A Source in the summary."""

    code: str
    address: str | None
    """None for readers other than staff, as is the title."""
    title: str | None
    hours_watched: int
    hours_partly: int
    """Of those watched, hours in which some passes were blind."""
    hours_blind: int
    reasons: tuple[str, ...]
    members: int | None
    members_are_exact: bool
    members_change: MembersChange | None
    """Against the last Count before the day; None where there is none."""
    members_change_week: MembersChange | None
    """Against the last Count of the day a week before."""
    anomaly: Anomaly | None
    is_new: bool
    """First seen on this day."""
    listed_otherwise: tuple[ListedMembers, ...] = ()
    """Directories whose number differs by more than either one's precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table of numbers."""

    key: str
    numbers: dict[str, Figure]
    total: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Numbers by two things; rows, columns and the total add up."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: dict[str, Figure]
    total: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceYesterday:
    """What differs from the day before."""

    posts: Figure
    flags: Figure
    new_sources: tuple[str, ...]
    newly_blind: tuple[str, ...]
    """Watched for some time yesterday, not at all today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDelay:
    """How long flagged posts stood before they were flagged; of those that came while their Source was watched."""

    posts: int
    median_s: int
    longest_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """How long something took."""

    flags: Figure
    median_min: int | None
    """Minutes; None where too few were counted."""
    longest_min: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Second reviews that came to the end of the first, blindly."""

    pairs: Figure
    agreeing: Figure
    is_enough: bool
    """Whether there are enough pairs to say something."""
    kappa: int | None = None
    """Cohen's, of dispositions, in hundredths from -100 to 100: agreement beyond chance. For staff alone, since small
    numbers could be worked out; None where there are too few pairs, or all said the same."""
    prevalence: int | None = None
    """Per cent of the single reviews in these pairs that said confirmed; near 0 or 100 kappa says little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """What went into review, what came out of it, what waits."""

    came_in: Figure
    decided: dict[str, Figure]
    """Flags that became final on the day, by disposition."""
    decided_total: Figure
    backlog: dict[str, Figure]
    """Flags that are not final, by how long they wait."""
    backlog_total: Figure
    overdue: Figure
    """Of those, longer than they may."""
    backlog_is_rounded: bool
    """Whether the last two were rounded down: a series of exact ones would tell what came in on a day."""
    first_look: Waited
    """From Flag to first look, of Flags that were raised on the day."""
    decision: Waited
    """From Flag to decision, of those decided on the day."""
    agreement: Agreement
    reopened: Figure
    skipped: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLine:
    """Referrals to one body. A person sends them."""

    body: str
    drafted: Figure
    sent: Figure
    acknowledged: Figure
    still_up: dict[str, Figure]
    """Of those sent, still up after 24, 48 and 72 hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """Rooms that were found on the day."""

    found: str
    candidate: int
    watched: int
    refused: int
    dismissed: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchLine:
    """How much was watched of all Sources, also of those that are not listed for this reader."""

    sources: int
    hours_watched: int
    hours_blind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """Hours in which Sources were not watched, for one cause."""

    cause: str
    hours: int
    sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far the numbers can be trusted."""

    unreadable: int
    """Answers that came and could not be read."""
    unknown_names: Figure
    """Posts with a name that the register does not know."""
    unclear: Figure
    """Posts whose school cannot be told from others of its name."""
    from_the_future: int
    """Passes that bear a time after ``as_of``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestatedLine:
    """A day that was counted anew because something came late."""

    day: str
    posts_before: Figure
    posts: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLine:
    """A number beside those of the days before."""

    measure: str
    today: Figure
    median: Figure
    """Of the seven days before, the lower one of two; None with fewer than five days of figures."""
    same_weekday: Figure
    """A week before."""
    days: dict[str, Figure]
    """Of the seven days before, oldest first, by date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Two numbers that must be one."""

    name: str
    holds: bool
