"""Every fault once, over real processes: what ``python -m bench.faults`` prints has no bad row."""

import pytest

from bench.faults.__main__ import main


@pytest.mark.slow
def test_every_fault_is_survived(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is lost or there twice, the log of custody holds, and hours that were blind say so."""
    code = main([])
    said = capsys.readouterr()
    assert 0 == code, said.err + said.out
