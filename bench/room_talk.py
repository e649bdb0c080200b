"""What happens in hundreds of practice rooms: a few talk all day, most say something now and then."""

import csv
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from bench.fast_time import FastTime
from practice.chatter import chat
from practice.telegram.channel import Channel
from practice.telegram.world import TelegramWorld

SCHOOLS = Path(str(files("practice") / "schools.csv"))
FIRST_ID = 1_700_000_000
MOST_A_DAY, LEAST_A_DAY, TAIL = 1_440.0, 0.5, 1.35
"""Posts: the busiest rooms reach one a minute; each next room has ``rank ** -TAIL`` of four times that."""
KEPT_AT_START = 30
NAMING, FLAGGED = 0.2, 0.05
"""Shares of the posts that name a school, and that call it part of a list, which raises a flag."""
EDITED, REMOVED = 0.03, 0.02
EDITED_AFTER_S, REMOVED_AFTER_S = 600.0, 3_600.0
READ_TURNS = 40


@dataclass(slots=True, kw_only=True)
class Talk:
    """The rooms, what was posted in them since the beginning, and when."""

    world: TelegramWorld
    time: FastTime
    chance: random.Random
    names: list[str]
    waiting: dict[int, dict[int, float]] = field(default_factory=dict)
    """By room and message id: when it was posted; for who watches to take out."""
    posted: int = 0
    _turn: int = 0

    def start(self, rooms: int, every_nth: int = 1) -> None:
        """Open the rooms with some older posts, and let people talk from now on.

        Args:
            rooms: how many.
            every_nth: take only one of so many, beginning with the busiest.
        """
        for rank in range(1, rooms * every_nth + 1, every_nth):
            channel = self.world.add_channel(
                {"id": FIRST_ID + rank, "username": f"practice_room_{rank}", "title": f"Practice room {rank}"}
                | {"participants_count": 100 + 7 * rank}
            )
            gap_s = 86_400 / posts_a_day(rank)
            for back in range(KEPT_AT_START, 0, -1):
                date = int(self.time.seconds() - back * gap_s)
                channel.put({"text": self._text(may_flag=False), "date": date}, self.time.seconds())
            channel.pts = len(channel.ids) + 1
            self.waiting[channel.id] = {}
            self._plan(channel, gap_s)

    def _plan(self, channel: Channel, gap_s: float) -> None:
        at = self.time.seconds() + self.chance.expovariate(1 / gap_s)
        self.time.call_at(at, lambda: self._post(channel, gap_s))

    def _post(self, channel: Channel, gap_s: float) -> None:
        native_id = self.world.post(channel, text=self._text())
        self.time.wait_for_news(READ_TURNS)  # whoever watches closely is told of it
        self.waiting[channel.id][native_id] = self.time.seconds()
        self.posted += 1
        fate = self.chance.random()
        if fate < EDITED:
            self.time.call_at(self.time.seconds() + EDITED_AFTER_S, lambda: self._edit(channel, native_id))
        elif fate < EDITED + REMOVED:
            after_s = self.time.seconds() + REMOVED_AFTER_S
            self.time.call_at(after_s, lambda: self.world.delete(channel, native_id))
        self._plan(channel, gap_s)

    def _edit(self, channel: Channel, native_id: int) -> None:
        text = channel.msgs[native_id]["text"]
        self.world.edit(channel, native_id, text=f"{text} (고침)")

    def _text(self, may_flag: bool = True) -> str:
        self._turn += 1
        school, kind = self.names[self._turn % len(self.names)], self.chance.random()
        if kind < FLAGGED and may_flag:
            return f"{school} 축제에 오는 학교 명단 올려요. {chat(self._turn)}"
        return f"{school} 축제 가는 사람? {chat(self._turn)}" if kind < NAMING else chat(self._turn)


def posts_a_day(rank: int) -> float:
    """Of the room with this place among the busiest, from 1 on."""
    return max(LEAST_A_DAY, min(MOST_A_DAY, 4 * MOST_A_DAY / math.pow(rank, TAIL)))


def school_names() -> list[str]:
    """Schools of practice; none of them exists."""
    with SCHOOLS.open(encoding="utf-8", newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


def addresses(rooms: int, every_nth: int = 1) -> Iterator[str]:
    """Of the rooms that ``Talk.start`` opens, the busiest first."""
    return (f"https://t.me/practice_room_{rank}" for rank in range(1, rooms * every_nth + 1, every_nth))
