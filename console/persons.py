"""How people are called in front of others: by name to those who may see who looked at what, else by number."""

from collections.abc import Iterable

from aiohttp import web

from console.visit import console_of, visit_of
from console.words import Message, _
from evidence.progress import TIMER
from evidence.roles import Permission
from storage.people import all_people

YOU, PROGRAM, SOMEBODY = _("You"), _("The program"), _("Person %(number)s")
PLAIN = "%(name)s"


async def callings(request: web.Request, actors: Iterable[str]) -> dict[str, Message]:
    """What to call each pseudonym; a person's number holds on one page only."""
    visit, console = visit_of(request), console_of(request)
    actors = list(dict.fromkeys(actors))
    names = (
        {person.id: person.name for person in await all_people(console.store, console.clock())}
        if visit.may(Permission.ACCESS_LOG)
        else {}
    )
    others = [actor for actor in actors if actor not in (visit.who.id, TIMER.actor)]
    numbers = {actor: number for number, actor in enumerate(others, start=1)}

    def calling(actor: str) -> Message:
        if actor in (visit.who.id, TIMER.actor):
            return Message(YOU if actor == visit.who.id else PROGRAM)
        if visit.may(Permission.ACCESS_LOG):
            return Message(PLAIN, name=names.get(actor, actor))
        return Message(SOMEBODY, number=numbers[actor])

    return {actor: calling(actor) for actor in actors}
