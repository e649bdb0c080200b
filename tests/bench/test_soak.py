"""A thousand rooms for a while: nothing is late for long, lost, there twice, or held on to."""

import pytest

from bench.faults.soak import soak


@pytest.mark.slow
def test_a_thousand_rooms() -> None:
    """``SOAK_S`` makes it longer: 3600 is an hour."""
    soaked = soak()
    assert ((), 0) == (soaked.problems, soaked.missed)
    assert soaked.is_flat, (soaked.before, soaked.most)
