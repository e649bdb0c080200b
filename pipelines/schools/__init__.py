"""Finding schools in text: how names are written, the compiled register, and the mentions found with it."""

from pipelines.schools.mentions import find_mentions, find_mentions_in
from pipelines.schools.register import Register, compile_register

__all__ = ["Register", "compile_register", "find_mentions", "find_mentions_in"]
