"""Invented messages by the thousand, always the same for the same seed."""

import random
from collections.abc import Iterator, Sequence

from practice.telegram.channel import Message

_WORDS = (
    *("alpha", "beta", "gamma", "delta", "river", "stone", "market", "bridge", "garden", "paper", "Привет", "мир"),
    *("статья", "новость", "город", "поезд", "하늘", "바다", "나무", "구름", "你好", "世界", "شمس", "قمر", "🙂", "🚀"),
    *("café", "naïve"),
)


def invent_messages(
    *,
    count: int = 100,
    start: int = 1_700_000_000,
    step: int = 60,
    seed: int = 1,
    gap_every: int = 0,
    authors: Sequence[int] = (),
    first_id: int = 1,
    words: int = 12,
) -> Iterator[Message]:
    """Invent messages.

    Args:
        count: how many.
        start: date of the first.
        step: seconds between two.
        seed: equal seeds give equal messages.
        gap_every: after so many of them an id is left out; 0: never.
        authors: ids of users that take turns by chance; none: the channel itself.
        first_id: id of the first.
        words: how many in each text.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    native_id = first_id
    for turn in range(count):
        native_id += 1 if gap_every and turn and turn % gap_every == 0 else 0
        text = f"post {native_id}: " + " ".join(chance.choice(_WORDS) for _ in range(words))
        message = Message(id=native_id, text=text, date=start + turn * step, views=chance.randrange(10, 5000))
        if authors:
            message["from_user"] = chance.choice(authors)
        if chance.random() < 0.1:
            message["entities"] = [{"type": "bold", "offset": 0, "length": 4}]
        yield message
        native_id += 1
