"""Delivery: what is in the ledger is sent, each in the log first; summaries are planned at their time of day.

A missed run is made up for at the next start. ``storage/deliveries.py`` says what a crash can and cannot do.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage

import structlog

from channels.mail import read_mail_url, send_mail
from channels.webhook import post_signed
from config.settings import Settings
from crawler.delivery_content import health_content, sha256_of, summary_content
from crawler.delivery_plan import Courier, plan_due
from crawler.notice_mail import notice_content
from crawler.turns import turning
from evidence.delivery import MOST_ATTEMPTS, Delivery, State, send_act
from evidence.errors import ConfigError, DeliveryFailed, StorageError
from storage.custody import Custody
from storage.deliveries import claim, note_problem, note_sent
from storage.leases import PROCESS
from storage.mongo import Store

EVERY_S = 20.0
TURNS = 3
"""Turns from one look whether a day is due to the next."""
MOST_AT_ONCE = 500
"""In one turn; the next one goes on."""

Write = Callable[[Courier, Delivery], Awaitable[EmailMessage | bytes]]
"""Makes what a delivery holds."""

log = structlog.get_logger()


@asynccontextmanager
async def delivering(
    store: Store, custody: Custody, settings: Settings, clock: Callable[[], datetime], every_s: float = EVERY_S
) -> AsyncIterator[None]:
    """Deliver as long as it is needed; without a mail server and a webhook nothing is done."""
    if not can_deliver(settings):
        yield
        return
    courier = Courier(store=store, custody=custody, settings=settings, clock=clock)

    async def turn(number: int) -> None:
        await deliver(courier, is_planning=number % TURNS == 0)

    async with turning("delivery", turn, every_s):
        yield


async def deliver(courier: Courier, is_planning: bool) -> None:
    """Send what is due, and before that plan the summaries of a day whose time has come."""
    for day in await plan_due(courier) if is_planning else ():
        log.info("summaries planned", day=day.isoformat())
    await send_due(courier)


def can_deliver(settings: Settings) -> bool:
    """Whether there is a way out: a mail server or a webhook."""
    return settings.smtp_url is not None or settings.webhook_url is not None


async def send_due(courier: Courier) -> tuple[Delivery, ...]:
    """Send all that is due; gives what was tried."""
    tried: list[Delivery] = []
    while len(tried) < MOST_AT_ONCE and (delivery := await claim(courier.store, courier.clock())) is not None:
        await _send(courier, delivery)
        tried.append(delivery)
    return tuple(tried)


async def _send(courier: Courier, delivery: Delivery) -> None:
    """One attempt, which ends in exactly one outcome."""
    try:
        if delivery.attempts > MOST_ATTEMPTS:
            raise DeliveryFailed("it was taken up too often without an end: look at the log", is_final=True)
        content = await WRITERS[delivery.what.partition(" ")[0]](courier, delivery)
        await courier.custody.record(send_act(delivery, sha256_of(content), PROCESS))
        await _hand_over(courier, delivery, content)
    except (DeliveryFailed, ConfigError, StorageError) as problem:
        is_final = isinstance(problem, ConfigError) or getattr(problem, "is_final", False)
        state = await note_problem(courier.store, delivery, str(problem), courier.clock(), is_final=is_final)
        tell = log.error if state is State.FAILED else log.warning
        tell("not delivered", delivery=delivery.key, to=delivery.to, attempts=delivery.attempts, problem=str(problem))
        return
    await note_sent(courier.store, delivery, courier.clock())
    log.info("delivered", delivery=delivery.key, to=delivery.to, late_s=_late_s(courier, delivery))


def _late_s(courier: Courier, delivery: Delivery) -> int:
    return round((courier.clock() - delivery.due_at).total_seconds())


async def _hand_over(courier: Courier, delivery: Delivery, content: EmailMessage | bytes) -> None:
    settings = courier.settings
    if isinstance(content, bytes):
        await post_signed(
            settings.webhook_url or "",
            content,
            key=(settings.webhook_key or "").encode(),
            delivery=delivery.key,
            at=courier.clock(),
            contact=settings.contact,
            allow_loopback=settings.allow_loopback,
        )
        return
    if settings.smtp_url is None or settings.mail_from is None:
        raise DeliveryFailed("HAECHI_SMTP_URL is not set")
    server = read_mail_url(settings.smtp_url, allow_loopback=settings.allow_loopback)
    await send_mail(server, content, settings.mail_from, str(content["To"]))


WRITERS: dict[str, Write] = {"summary": summary_content, "health": health_content, "notice": notice_content}
"""By the first word of what is delivered."""


def check_configured(settings: Settings) -> None:
    """See that anything can be sent.

    Raises:
        ConfigError: neither a mail server nor a webhook is set.
    """
    if not can_deliver(settings):
        raise ConfigError("nothing can be sent: set HAECHI_SMTP_URL and HAECHI_MAIL_FROM, or HAECHI_WEBHOOK_URL")
