"""The database of one run of the program: the operator's own, or the embedded server while it is needed."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from config.settings import Settings
from evidence.errors import ConfigError
from storage.embedded import embedded_server


def make_data_dir(settings: Settings) -> None:
    """Make the data directory, for its owner alone, unless it is there.

    Raises:
        ConfigError: it cannot be made.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise ConfigError(f"HAECHI_DATA_DIR: cannot make {settings.data_dir}: {problem.strerror}") from None


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URI of the database, which is up."""
    make_data_dir(settings)
    if settings.mongodb_uri:
        yield settings.mongodb_uri
        return
    with embedded_server(settings.data_dir) as uri:
        yield uri


@contextmanager
def coming_database(settings: Settings) -> Iterator["Future[str]"]:
    """The same, while it starts: imports take as long as the server does.

    What it raises comes with the Future's result.
    """
    with ExitStack() as stack, ThreadPoolExecutor(1) as pool:
        yield pool.submit(stack.enter_context, database(settings))
