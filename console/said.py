"""What posts say, as one reader may see it: masked, and without the schools of offices that are not theirs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from console.visit import console_of, visit_of
from evidence.records import KeptPost, Mention, Revision, School
from pipelines.found_words import Piece, pieces
from pipelines.masking import mask
from pipelines.masking.others import without_schools


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever reads."""

    public: frozenset[str]
    """Rooms that may be named."""
    offices: frozenset[str] | None
    """Theirs; None for all."""
    own: frozenset[str] | None
    """Codes of the schools of their offices; None for all."""
    schools: Mapping[str, School]

    def sees(self, words: str, mentions: Sequence[Mention]) -> str:
        """The words as they may be seen."""
        return without_schools(words, mask(words, mentions, public=self.public), mentions, self.own)

    def post(self, kept: KeptPost, sought: str = "", most: int | None = None) -> tuple[Piece, ...]:
        """The newest revision, cut for a page."""
        return pieces(self.sees(kept.post.words, kept.mentions), sought, most)

    def revision(self, revision: Revision) -> str:
        """An earlier one."""
        return self.sees(revision.words, revision.mentions)

    def named(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """Names of the schools of their offices that may be meant. Claims of the post, never facts."""
        codes = dict.fromkeys(code for mention in mentions for code in mention.candidates)
        return tuple(dict.fromkeys(self.schools[code].name for code in codes if self._is_theirs(code)))

    def _is_theirs(self, code: str) -> bool:
        return code in self.schools and (self.own is None or code in self.own)


async def reader_of(request: web.Request) -> Reader:
    """Whoever asks."""
    works, offices = console_of(request).works, visit_of(request).who.offices
    schools = works.schools()
    return Reader(
        public=await works.watched(),
        offices=offices,
        own=None if offices is None else _schools_of(schools, offices),
        schools=schools,
    )


def _schools_of(schools: Mapping[str, School], offices: Collection[str]) -> frozenset[str]:
    return frozenset(code for code, school in schools.items() if school.scope in offices)
