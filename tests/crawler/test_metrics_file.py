"""The file of figures: whatever becomes of it, watching goes on."""

from pathlib import Path

from structlog.testing import capture_logs

from crawler.metrics import FILE, MetricsFile


def test_a_file_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    """A full disk, or a data directory that is gone, is a line in the log."""
    figures = MetricsFile(tmp_path / "gone")
    with capture_logs() as logged:
        figures.write()
    assert [("figures not written", "No such file or directory")] == [
        (line["event"], line["problem"]) for line in logged
    ]
    (tmp_path / "gone").mkdir()
    figures.write(at_once=True)
    assert "haechi_passes" in (tmp_path / "gone" / FILE).read_text(encoding="utf-8")
