"""Exceptions: who catches what, and what they carry."""

import inspect

import pytest

from evidence import errors
from evidence.errors import (
    ConfigError,
    CustodyBroken,
    HaechiError,
    RateLimited,
    SourceError,
    SourceGone,
    SourceRefused,
    SourceUnavailable,
    StorageError,
    UnreadableCapture,
)

ALL = [each for _, each in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_exception_is_ours_and_says_what_to_do(error: type[Exception]) -> None:
    """One base for the edge of the program, and a docstring of its own for the reader."""
    assert issubclass(error, HaechiError)
    assert error.__doc__
    assert error.__doc__ not in {base.__doc__ for base in error.__bases__}


@pytest.mark.parametrize("error", [SourceUnavailable, RateLimited, UnreadableCapture, SourceRefused, SourceGone])
def test_a_pass_catches_all_that_concerns_its_source(error: type[Exception]) -> None:
    """Each of them ends one pass and no other."""
    assert issubclass(error, SourceError)
    assert not issubclass(error, StorageError | ConfigError)


def test_config_error_lists_all_problems() -> None:
    """All mistakes can be corrected at once: one line each."""
    error = ConfigError("FILE:1: first", "FILE:2: second")
    assert (("FILE:1: first", "FILE:2: second"), "FILE:1: first\nFILE:2: second") == (error.problems, str(error))


def test_rate_limited_says_how_long() -> None:
    """The wait is a number beside the words."""
    error = RateLimited("t.me asked us to wait: 60 s are left", 60.0)
    assert ("t.me asked us to wait: 60 s are left", 60.0) == (str(error), error.retry_after_s)


def test_custody_broken_names_its_entry() -> None:
    """A person finds the entry by its number."""
    error = CustodyBroken(7, "its hash does not follow from entry 6")
    assert ("custody entry 7: its hash does not follow from entry 6", 7) == (str(error), error.seq)
    assert isinstance(error, StorageError)
