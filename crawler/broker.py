"""The broker: RabbitMQ by taskiq. It carries names of slots to whichever worker is free, and nothing else.

Queues are quorum queues: what is in them outlives the broker. A worker holds one slot of a queue at a time and
acknowledges it after the work; where it dies before that, the broker gives the slot to another one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import structlog

from crawler.ending import called_when
from evidence.errors import BrokerLost, ConfigError

if TYPE_CHECKING:
    from taskiq_aio_pika import AioPikaBroker

WEB, CHORES, TELEGRAM, GIVEN_UP = "haechi.web", "haechi.chores", "haechi.telegram.", "haechi.given-up"
"""Queues: of all that is read by http; of what is no pass; of each Telegram account; of what nobody could do."""
EXCHANGE, TASK = "haechi", "haechi.work"
MOST_TRIES = 20
"""A slot that so many workers died of is given up by the broker, so that it does not end all of them."""
ANSWER_S = 10.0
"""How long the broker may take to answer."""

Send = Callable[[str, str], Awaitable[None]]
"""Hands a slot over: its queue and its name. Raises ``BrokerLost``; then it may be in the queue or not."""
Work = Callable[[str], Awaitable[bool]]
"""Does a slot, by its name; False puts it at the end of its queue again."""

log = structlog.get_logger()


def account_queue(label: str) -> str:
    """The queue of a Telegram account."""
    return TELEGRAM + label


async def check_broker(url: str) -> None:
    """See at the start that the broker can be used: later it is waited for.

    Raises:
        ConfigError: it cannot be reached, or taskiq is not installed.
    """
    try:
        async with _started(url, (WEB, CHORES)):
            pass
    except BrokerLost as problem:
        raise ConfigError(f"HAECHI_BROKER_URL: {problem}") from None


@asynccontextmanager
async def sending(url: str, queues: tuple[str, ...]) -> AsyncIterator[Send]:
    """Be connected to hand slots over, as long as it is needed; a connection that is lost is made again.

    Raises:
        BrokerLost: the broker cannot be reached.
    """
    async with _started(url, queues) as broker:
        task = broker.register_task(_nothing, task_name=TASK)

        async def send(queue: str, slot: str) -> None:
            from taskiq.exceptions import SendTaskError

            try:
                async with asyncio.timeout(ANSWER_S):
                    await task.kicker().with_labels(queue_name=queue).kiq(slot)
            except (SendTaskError, TimeoutError):
                raise BrokerLost("the broker does not answer: slots wait in the database until it does") from None

        yield send


async def listen(url: str, queue: str, work: Work, stop: asyncio.Event, cut: asyncio.Event) -> None:
    """Do the slots of a queue one by one, until ``stop``; what is in hand then is ended and acknowledged first.

    Args:
        url: of the broker.
        queue: its name.
        work: does a slot.
        stop: begin nothing more.
        cut: end at once; what is in hand is cancelled and goes to another worker.

    Raises:
        BrokerLost: as ``sending``.
        BaseException: what ``work`` raised; that slot was not acknowledged and goes to another worker.
    """
    async with _started(url, (queue,), is_worker=True) as broker:
        from aiormq.exceptions import AMQPError
        from taskiq import AcknowledgeType, Context, TaskiqDepends
        from taskiq.exceptions import SendTaskError
        from taskiq.receiver import Receiver

        hand = _Hand(work)

        async def take(slot: str, context: Annotated[Context, TaskiqDepends()]) -> None:
            is_done = await hand.do(slot)
            if is_done is None:
                return
            with suppress(AMQPError, SendTaskError, RuntimeError):  # lost meanwhile: it comes once more, and is done
                if not is_done:
                    await taken.kicker().kiq(slot)  # type: ignore[call-overload]  # taskiq fills in the context
                await context.ack()

        taken = broker.register_task(take, task_name=TASK)
        receiver = Receiver(broker, max_async_tasks=1, run_startup=False, ack_type=AcknowledgeType.MANUAL)
        async with called_when(stop, hand.over.set), called_when(cut, hand.drop):
            try:
                await receiver.listen(hand.over)
            finally:
                await hand.end()  # where we are cancelled ourselves
    if hand.problem is not None:
        raise hand.problem


class _Hand:
    """What a worker has in hand of a queue: one slot at a time. Taskiq would log a failure and go on; here it ends."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._task: asyncio.Future[bool] | None = None
        self.over = asyncio.Event()
        self.problem: BaseException | None = None

    async def do(self, slot: str) -> bool | None:
        """Whether it is done; None where it must not be acknowledged."""
        if self.over.is_set():  # came while we were told to end: another worker has time for it
            return None
        self._task = asyncio.ensure_future(self._work(slot))
        await asyncio.wait([self._task])
        if self._task.cancelled() or self._task.exception() is not None:
            self.problem = None if self._task.cancelled() else self._task.exception()
            self.over.set()
            return None
        return self._task.result()

    def drop(self) -> None:
        """End at once."""
        self.over.set()
        if self._task is not None:
            self._task.cancel()

    async def end(self) -> None:
        """Leave nothing behind that goes on."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])


async def _nothing(slot: str) -> None:
    """What a scheduler knows of the work: that it takes a slot."""


@asynccontextmanager
async def _started(url: str, queues: tuple[str, ...], is_worker: bool = False) -> AsyncIterator["AioPikaBroker"]:
    """A connected broker that says when it is lost and when it is back."""
    broker = _make(url, queues)
    broker.is_worker_process = is_worker
    from aiormq.exceptions import AMQPError

    try:
        async with asyncio.timeout(ANSWER_S):
            await broker.startup()
    except (AMQPError, OSError, TimeoutError) as problem:
        with suppress(AMQPError, OSError):
            await broker.shutdown()
        place = urlsplit(url)
        raise BrokerLost(
            f"RabbitMQ at {place.hostname}:{place.port or 5672} cannot be used"
            f" ({type(problem).__name__}): is it up, and are name and password right?"
        ) from None
    if broker.write_conn is not None:
        broker.write_conn.close_callbacks.add(_tell_lost)
        broker.write_conn.reconnect_callbacks.add(_tell_back)
    try:
        yield broker
    finally:
        if broker.write_conn is not None:
            broker.write_conn.close_callbacks.discard(_tell_lost)
        with suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            async with asyncio.timeout(ANSWER_S):
                await broker.shutdown()


def _make(url: str, queues: tuple[str, ...]) -> "AioPikaBroker":
    try:
        from taskiq_aio_pika import AioPikaBroker, Exchange, Queue
    except ImportError:
        raise ConfigError(
            "HAECHI_BROKER_URL is set, but taskiq is not installed here: pip install 'haechi[workers]'"
        ) from None
    from aio_pika import ExchangeType

    for name in ("aio_pika", "aiormq", "taskiq"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters of theirs is said in our words
    bounds: dict[str, Any] = {"x-delivery-limit": MOST_TRIES}
    return AioPikaBroker(
        url,
        qos=1,
        exchange=Exchange(name=EXCHANGE, type=ExchangeType.DIRECT),
        task_queues=[Queue(name=queue, arguments=dict(bounds)) for queue in queues],
        dead_letter_queue=Queue(name=GIVEN_UP),
    )


def _tell_lost(_connection: object, problem: BaseException | None = None) -> None:
    log.warning("the broker is lost: what is under way is ended, the rest waits", problem=type(problem).__name__)


def _tell_back(_connection: object) -> None:
    log.info("the broker is back")
