"""Figures of a running service for whoever watches over it, in Prometheus' text form. Ids and numbers, never text."""

import time
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, write_to_textfile
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from crawler.turns import turning
from evidence.records import CrawlRun, Finding
from evidence.residents import MARK

FILE = "metrics.prom"
WRITTEN_EVERY_S = 10.0

log = structlog.get_logger()

REGISTRY = CollectorRegistry()
PASSES = Counter("haechi_passes", "Passes by how they ended.", ["via", "outcome"], registry=REGISTRY)
POSTS = Counter("haechi_posts", "Posts by what happened to them.", ["via", "change"], registry=REGISTRY)
FLAGS = Counter("haechi_flags", "Flags raised.", ["via"], registry=REGISTRY)
RESIDENTS = Counter("haechi_resident_numbers", "Resident numbers left out of posts.", ["via"], registry=REGISTRY)
ENDED = Gauge("haechi_last_pass_seconds", "When the last pass ended, Unix time.", ["via"], registry=REGISTRY)
SUMMARISED = Gauge(
    "haechi_last_summary_seconds",
    "When the newest day ended whose summaries are in the ledger, Unix time.",
    ["zone"],
    registry=REGISTRY,
)
DELAY = Histogram(
    "haechi_post_to_flag_seconds",
    "From the moment of a post to its Flag, of posts that came while their Source was watched.",
    ["via"],
    buckets=(5, 15, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200, 21_600, 86_400),
    registry=REGISTRY,
)


def note_pass(run: CrawlRun) -> None:
    """Count a finished pass."""
    PASSES.labels(run.via, str(run.outcome)).inc()
    for change in ("new", "edited", "removed"):
        POSTS.labels(run.via, change).inc(getattr(run, change))
    FLAGS.labels(run.via).inc(run.flags)
    ENDED.labels(run.via).set(run.ended_at.timestamp())


def note_delay(via: str, finding: Finding, at: datetime) -> None:
    """Note how long a flagged post went unseen."""
    if finding.flag is not None and finding.post.posted_at is not None:
        DELAY.labels(via).observe(max(0.0, (at - finding.post.posted_at).total_seconds()))


def note_residents(via: str, source: str, finding: Finding) -> None:
    """Count and log resident numbers that were left out of a post: that they were there, and nothing of them."""
    if number := finding.post.words.count(MARK):
        RESIDENTS.labels(via).inc(number)
        log.warning("resident numbers left out", source=source, post=finding.post.native_id, number=number)


class MetricsFile:
    """``metrics.prom`` in the data directory: Prometheus' node exporter reads such files. A worker has its own."""

    def __init__(self, data_dir: Path, worker: str | None = None) -> None:
        self._path = data_dir / (FILE if worker is None else f"metrics-{worker}.prom")
        self._registry = REGISTRY if worker is None else _of_worker(worker)
        self._written_at = -WRITTEN_EVERY_S

    def write(self, at_once: bool = False) -> None:
        """Write the figures, whole or not at all, unless that was done a moment ago; watching goes on without them."""
        if at_once or time.monotonic() - self._written_at >= WRITTEN_EVERY_S:
            self._written_at = time.monotonic()
            try:
                write_to_textfile(str(self._path), self._registry)
            except OSError as problem:  # a full disk, mostly
                log.warning("figures not written", problem=problem.strerror)

    def writing(self) -> AbstractAsyncContextManager[None]:
        """Write them again and again: for a process that makes no passes."""

        async def turn(_: int) -> None:
            self.write(at_once=True)

        return turning("figures", turn, WRITTEN_EVERY_S)


@dataclass(frozen=True, slots=True)
class _Labelled(Collector):
    """The figures of this process under a worker's name: an exporter reads the files of several."""

    worker: str

    def collect(self) -> Iterator[Metric]:
        """Called whenever they are written."""
        for family in REGISTRY.collect():
            labelled = Metric(family.name, family.documentation, family.type, family.unit)
            named = ((one, {**one.labels, "worker": self.worker}) for one in family.samples)
            labelled.samples = [one._replace(labels=labels) for one, labels in named]
            yield labelled


def _of_worker(worker: str) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Labelled(worker))
    return registry
