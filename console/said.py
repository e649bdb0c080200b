"""What posts say, as one reader may see it: masked, and without the schools of offices that are not theirs."""

from collections.abc import Mapping, Sequence
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

    offices: frozenset[str] | None
    """Theirs; None for all."""
    schools: Mapping[str, School]
    """The register, by code."""
    public: frozenset[str] = frozenset()
    """Rooms that may be named."""

    def knows(self, code: str) -> bool:
        """Whether a school is of an office of theirs; one that the register does not have is nobody's."""
        if self.offices is None:
            return True
        school = self.schools.get(code)
        return school is not None and school.scope in self.offices

    def hides(self, mention: Mention) -> bool:
        """Whether a mention can only mean schools that are not theirs to know."""
        return self.offices is not None and not any(map(self.knows, mention.candidates))

    def sees(self, words: str, mentions: Sequence[Mention]) -> str:
        """The words as they may be seen."""
        return without_schools(words, mask(words, mentions, public=self.public), mentions, self.hides)

    def post(self, kept: KeptPost, sought: str = "", most: int | None = None) -> tuple[Piece, ...]:
        """The newest revision, cut for a page."""
        return pieces(self.sees(kept.post.words, kept.mentions), sought, most)

    def revision(self, revision: Revision) -> str:
        """An earlier one."""
        return self.sees(revision.words, revision.mentions)

    def named(self, mentions: Sequence[Mention]) -> tuple[str, ...]:
        """Names of the schools of their offices that may be meant. Claims of the post, never facts."""
        codes = dict.fromkeys(code for mention in mentions for code in mention.candidates)
        theirs = (self.schools[code] for code in codes if code in self.schools and self.knows(code))
        return tuple(dict.fromkeys(school.name for school in theirs))


async def reader_of(request: web.Request) -> Reader:
    """Whoever asks."""
    works, offices = console_of(request).works, visit_of(request).who.offices
    return Reader(offices=offices, schools=works.schools(), public=await works.watched())
