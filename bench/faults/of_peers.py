"""The way to a source: names, certificates, connections, and answers that are none."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.faults.ground import Ground, Setup
from bench.faults.of_machine import NO_MOUNT
from bench.faults.trial import Fault
from practice.certificates import Shown
from practice.faults import Faults
from practice.front import Door

REMEMBERED_S = 11.0
"""How long aiohttp uses what was looked up."""
WRONG: tuple[Shown, ...] = ("expired", "of another name", "of an unknown authority")
WEB, TLS = Setup(), Setup(name="tls", is_tls=True)
NAMES = Setup(name="names", has_own_names=True)


def alone(name: str) -> Setup:
    """For a fault that is waited for long: one room, and nothing else tried there."""
    return Setup(name=name, rooms=1)


@contextmanager
def no_name(ground: Ground) -> Iterator[None]:
    """The host's name cannot be looked up, once an earlier answer is forgotten and connections have ended."""
    known = ground.hosts.read_text(encoding="ascii")
    ground.hosts.write_text("", encoding="ascii")
    time.sleep(REMEMBERED_S)
    ground.run(ground.front.turn("open"))
    yield
    ground.hosts.write_text(known, encoding="ascii")


@contextmanager
def certificate(ground: Ground, shown: Shown) -> Iterator[None]:
    """The host shows a certificate that must not be believed."""
    ground.run(ground.front.show(ground.authority.shown(shown)))
    yield
    ground.run(ground.front.show(ground.authority.shown("right")))


@contextmanager
def door(ground: Ground, door: Door) -> Iterator[None]:
    """Connections are taken, and then treated so."""
    ground.run(ground.front.turn(door))
    yield
    ground.run(ground.front.turn("open"))


@contextmanager
def answers(ground: Ground, **faults: object) -> Iterator[None]:
    """The site answers wrongly."""
    usual = ground.web.faults
    wrong = Faults(delay_s=usual.delay_s)
    for name, value in faults.items():
        setattr(wrong, name, value)
    ground.web.faults = wrong
    yield
    ground.web.faults = usual


FAULTS = (
    Fault(name="host name not found", setup=NAMES, begin=no_name, says="DNSError", needs=NO_MOUNT),
    *(
        Fault(
            name=f"TLS certificate {shown}",
            setup=TLS,
            begin=partial(certificate, shown=shown),
            says="CertificateError",
        )
        for shown in WRONG
    ),
    Fault(name="connections reset", setup=WEB, begin=lambda ground: door(ground, "reset"), says="Error"),
    Fault(
        name="HTTP 429",
        setup=WEB,
        begin=lambda ground: answers(ground, too_many=True, retry_after_s=2),
        says="answered 429",
    ),
    Fault(name="HTTP 500", setup=WEB, begin=lambda ground: answers(ground, status=500), says="answered 500"),
    Fault(
        name="bytes that are no page", setup=WEB, begin=lambda ground: answers(ground, garbage="binary"), says="page"
    ),
    Fault(name="answers cut off", setup=WEB, begin=lambda ground: answers(ground, cut=True), says="cut"),
    Fault(
        name="every room looks absent",
        setup=alone("absence"),
        begin=lambda ground: answers(ground, absence_after=0),
        says="rate limiting",
    ),
    Fault(
        name="peer never answers", setup=alone("silent"), begin=lambda ground: door(ground, "silent"), says="in time"
    ),
    Fault(
        name="peer stops in mid-body", setup=alone("half"), begin=lambda ground: door(ground, "half"), says="in time"
    ),
    Fault(
        name="peer sends a byte a second",
        setup=alone("drip"),
        begin=lambda ground: door(ground, "drip"),
        says="in time",
    ),
)
