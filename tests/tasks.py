"""The tasks of a test, to see that a service leaves none behind."""

import asyncio


def own_tasks() -> int:
    """How many there are, the test's own counted in and the database driver's left out: those come and go."""
    return sum("pymongo" not in _file_of(task) for task in asyncio.all_tasks())


def _file_of(task: "asyncio.Task[object]") -> str:
    return str(getattr(getattr(task.get_coro(), "cr_code", None), "co_filename", ""))
