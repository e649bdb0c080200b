"""Finding schools in text: how names are written, the compiled register, and the mentions found with it."""

from pipelines.schools.choice import settle_by_room
from pipelines.schools.faint import find_all_mentions
from pipelines.schools.mentions import find_mentions, find_mentions_in
from pipelines.schools.register import Register, compile_register

__all__ = ["Register", "compile_register", "find_all_mentions", "find_mentions", "find_mentions_in", "settle_by_room"]
