"""A practice world that does not rest: its rooms change when told, and it remembers all that its posts ever said.

For runs in which processes, networks and disks fail meanwhile: afterwards the store is held against it.
"""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from evidence.records import Media
from practice.chatter import chat
from practice.world import Draft, PracticeRoom, World

SCHOOLS = ("해솔빛고", "새벽별터고", "온새미결고", "라온제나고")
"""Of ``practice/schools.csv``."""
SIGN = "딥페이크"
"""In every post that names a school, and in no other."""
FIRST_PEER = 1_910_000_000
RECENT = 12
"""Of a room's newest posts, those that are edited and removed."""
BURSTS = (0, 1, 3, 45)
"""New posts of a room at a change; the last is more than a page."""


class Restless:
    """Rooms that change, the same way each time for one seed."""

    def __init__(
        self, seed: int, rooms: Sequence[str], posts: int, clock: Callable[[], datetime], bursts: Sequence[int] = BURSTS
    ) -> None:
        """Open the rooms.

        Args:
            seed: of all chances.
            rooms: usernames.
            posts: of each room at first, a minute apart.
            clock: the moment, aware UTC.
            bursts: how many new posts a room may have at a change.
        """
        self.chance = random.Random(seed)  # noqa: S311 - practice
        self.world = World()
        self.rooms = tuple(rooms)
        self.said: dict[tuple[str, int], list[str]] = {}
        """All texts of a post, by room and id."""
        self._clock, self._posts, self._bursts = clock, posts, tuple(bursts)
        for order, name in enumerate(self.rooms):
            self.world.open(PracticeRoom(username=name, title=name, peer_id=FIRST_PEER + order))
            for turn in range(posts):
                self.add(name, turn)
        self.world.open(PracticeRoom(username="telegram", title="Telegram", peer_id=1_005_640_892))

    def add(self, room: str, turn: int) -> None:
        """Post one: every seventh names a school, every thirtieth is an album."""
        media = (Media(kind="photo", number=3),) if turn % 30 == 11 else ()
        at = self._clock() - timedelta(minutes=max(0, self._posts - turn))
        post = self.world.post(room, at, Draft(text=self._text(turn, turn % 7 == 3), media=media))
        self.said[room, post.id] = [post.text]

    def change(self, turn: int, rooms: int | None = None) -> None:
        """New posts, sometimes more than a page of them; edits and removals among the newest.

        Args:
            turn: tells this change's texts from others.
            rooms: how many rooms change, any of them; None: all.
        """
        for room in self.rooms if rooms is None else self.chance.sample(self.rooms, rooms):
            for number in range(self.chance.choice(self._bursts)):
                self.add(room, self._posts + turn * 100 + number)
            self._edit_and_remove(room, turn)
            self.add(room, self._posts + turn * 100 + 50)

    def names_a_school(self, room: str, native_id: int) -> bool:
        """Whether a post does, and always did."""
        return SIGN in self.said[room, native_id][0]

    def naming(self, room: str) -> set[int]:
        """Ids of posts that do and are still there."""
        return {native_id for native_id in self.world.rooms[room].posts if self.names_a_school(room, native_id)}

    def _edit_and_remove(self, room: str, turn: int) -> None:
        recent = list(self.world.rooms[room].posts)[-RECENT:]
        edited, removed = self.chance.sample(recent, 2)
        text = self._text(turn + 10_000, self.names_a_school(room, edited))
        self.world.edit(room, edited, self._clock(), text)
        self.said[room, edited].append(text)
        self.world.remove(room, removed)

    def _text(self, turn: int, is_naming: bool) -> str:
        return f"{self.chance.choice(SCHOOLS)} {SIGN} 이야기 {turn}" if is_naming else f"{chat(turn)} {turn}"
