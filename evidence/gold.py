"""Known answers: invented posts of practice whose right disposition is known, to learn by. Real posts have none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evidence.progress import Event
from evidence.review import Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAnswer:
    """What is right about one invented post, and why."""

    flag: str
    right: frozenset[Disposition]
    """Any of these is."""
    ko: str
    """Why, for whoever learns."""
    en: str

    def why(self, lang: str) -> str:
        """In a language."""
        return self.en if lang == "en" else self.ko


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """How many known answers were met."""

    decided: int = 0
    met: int = 0


def answers_met(
    answers: Iterable[KnownAnswer], events: Mapping[str, Iterable[Event]]
) -> tuple[dict[str, Met], dict[str, Met]]:
    """How far reviews meet known answers, by person and by Flag; of each person the last review of a Flag counts.

    Args:
        answers: known.
        events: of their Flags, in order.
    """
    persons, flags = dict[str, Met](), dict[str, Met]()
    for answer in answers:
        reviews = {event.actor: event.review for event in events.get(answer.flag, ()) if event.review is not None}
        for actor, review in reviews.items():
            is_met = review.disposition in answer.right
            persons[actor] = _counted(persons.get(actor, Met()), is_met=is_met)
            flags[answer.flag] = _counted(flags.get(answer.flag, Met()), is_met=is_met)
    return persons, flags


def _counted(before: Met, *, is_met: bool) -> Met:
    return Met(decided=before.decided + 1, met=before.met + is_met)
