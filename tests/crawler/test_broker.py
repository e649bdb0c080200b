"""The broker, a real RabbitMQ: one slot at a time, acknowledged after the work, and nothing is lost with anybody."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest
from structlog.testing import capture_logs

from crawler.assemble import now
from crawler.broker import EXCHANGE, check_broker, listen, sending
from crawler.work import work_on
from evidence.errors import BrokerLost, ConfigError
from storage.mongo import Store
from storage.slots import Kind, Slot, claim_slot
from tests.crawler.conftest import WATCHLIST_FILE
from tests.crawler.serving import call
from tests.rabbitmq import GUEST, RabbitMq, rabbitmq

ENOUGH_S = 30.0
WRONG = "secret"
NOBODY = f"amqp://{GUEST}:{WRONG}@127.0.0.1:1"
"""Where nothing listens."""


@pytest.fixture
def queue() -> str:
    """A queue of the test's own."""
    return f"test.{uuid4().hex[:12]}"


class Worker:
    """Notes the slots that it does, in their order."""

    def __init__(self, wanted: int, takes_s: float = 0.0) -> None:
        self.begun: list[str] = []
        self.done: list[str] = []
        self.stop, self.cut, self.at_work = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._wanted, self._takes_s = wanted, takes_s

    async def work(self, slot: str) -> bool:
        """Do one; the last one that is wanted ends it."""
        self.begun.append(slot)
        self.at_work.set()
        await asyncio.sleep(self._takes_s)
        self.done.append(slot)
        if len(self.done) == self._wanted:
            self.stop.set()
        return True

    async def listen(self, url: str, queue: str, work: Callable[[str], Awaitable[bool]] | None = None) -> None:
        """Until it is told to end."""
        async with asyncio.timeout(ENOUGH_S):
            await listen(url, queue, work or self.work, self.stop, self.cut)


async def send(rabbit: RabbitMq, queue: str, *slots: str) -> None:
    """Hand slots over."""
    async with sending(rabbit.url, (queue, "test.other")) as hand_over:
        for slot in slots:
            await hand_over(queue, slot)


@asynccontextmanager
async def idle(rabbit: RabbitMq, queue: str) -> AsyncIterator[Worker]:
    """A worker that would do what is left in a queue."""
    worker = Worker(99)
    listening = asyncio.create_task(worker.listen(rabbit.url, queue))
    await asyncio.sleep(0.3)
    yield worker
    worker.stop.set()
    await listening


async def test_slots_are_done_one_by_one_and_are_gone_then(rabbit: RabbitMq, queue: str) -> None:
    """In the order in which they were handed over, also before there was any worker."""
    await send(rabbit, queue, "a", "b", "c")
    worker = Worker(3)
    await worker.listen(rabbit.url, queue)
    assert ["a", "b", "c"] == worker.done
    async with idle(rabbit, queue) as other:
        pass
    assert [] == other.begun


async def test_what_failed_goes_to_another_worker(rabbit: RabbitMq, queue: str) -> None:
    """With the failure the worker ends; what it had in hand was not acknowledged."""
    await send(rabbit, queue, "a", "b")

    async def fail(slot: str) -> bool:
        raise KeyError(slot)

    with pytest.raises(KeyError, match="a"):
        await Worker(1).listen(rabbit.url, queue, fail)
    other = Worker(2)
    await other.listen(rabbit.url, queue)
    assert ["a", "b"] == sorted(other.done)


async def test_what_is_put_back_comes_after_the_others(rabbit: RabbitMq, queue: str) -> None:
    """A slot whose place is busy holds back nobody."""
    await send(rabbit, queue, "a", "b", "c")
    worker = Worker(4)

    async def work(slot: str) -> bool:
        return await worker.work(slot) and not (slot == "a" and worker.done.count("a") == 1)

    await worker.listen(rabbit.url, queue, work)
    assert ["a", "b", "c", "a"] == worker.done


async def test_who_is_told_to_end_ends_what_is_in_hand(rabbit: RabbitMq, queue: str) -> None:
    """And leaves the rest to others; told to end at once, it leaves that too."""
    await send(rabbit, queue, "a", "b", "c")
    first, second = Worker(99, 0.2), Worker(99, 60)
    first.at_work, first.stop = first.stop, first.stop  # told as soon as it has begun
    await first.listen(rabbit.url, queue)
    assert ["a"] == first.done
    listening = asyncio.create_task(second.listen(rabbit.url, queue))
    await second.at_work.wait()
    second.cut.set()
    await listening
    assert [] == second.done
    third = Worker(2)
    await third.listen(rabbit.url, queue)
    assert ["b", "c"] == sorted(third.done)


async def test_a_message_can_do_no_more_than_name_a_slot(rabbit: RabbitMq, queue: str, store: Store) -> None:
    """Who may write to the broker makes a worker do nothing that no schedule asked for, and does not stop it."""
    asked = Slot(kind=Kind.PASS, subject="https://t.me/asked", at=now())
    await claim_slot(store, asked, "us", now())
    connection = await aio_pika.connect(rabbit.url)
    async with sending(rabbit.url, (queue, "test.other")) as hand_over, connection:
        exchange = await (await connection.channel()).get_exchange(EXCHANGE)
        task = {"task_id": "1", "task_name": "os.system", "labels": {}, "args": ["true"], "kwargs": {}}
        for body in (b"\x80\x04no pickle is read", b"{}", json.dumps(task).encode()):
            await exchange.publish(aio_pika.Message(body), queue)
        for slot in ("pass https://t.me/unasked 2026-11-22T09:00:00+00:00", asked.id):
            await hand_over(queue, slot)
    worker, done = Worker(0), list[str]()

    async def do(slot: Slot) -> bool:
        done.append(slot.subject)
        worker.stop.set()
        return True

    await worker.listen(rabbit.url, queue, partial(work_on, store, do=do))
    assert ["https://t.me/asked"] == done


@pytest.mark.slow
async def test_work_that_outlasts_heartbeats_is_done_once(rabbit: RabbitMq, queue: str) -> None:
    """The connection is kept while it is under way."""
    await send(rabbit, queue, "long")
    worker = Worker(1, takes_s=4.5)
    await worker.listen(f"{rabbit.url}/?heartbeat=1", queue)
    async with idle(rabbit, queue) as other:
        pass
    assert (["long"], []) == (worker.begun, other.begun)


@pytest.mark.slow
async def test_work_that_outlasts_the_broker_s_patience_comes_again(tmp_path: Path, queue: str) -> None:
    """It is ended all the same, and its second coming finds it done (``storage/slots.py``); the worker goes on."""
    with rabbitmq(tmp_path / "mq", "consumer_timeout = 2000") as impatient:
        await send(impatient, queue, "long", "short")
        worker = Worker(99)

        async def work(slot: str) -> bool:
            await asyncio.sleep(6 if slot == "long" and not worker.done else 0)
            await worker.work(slot)
            if {"long", "short"} == set(worker.done) and worker.done.count("long") > 1:
                worker.stop.set()
            return True

        await worker.listen(impatient.url, queue, work)
    assert ("long", 1) == (worker.done[0], worker.done.count("short"))


@pytest.mark.slow
async def test_a_broker_that_was_lost_is_found_again(tmp_path: Path, queue: str) -> None:
    """Killed, it forgets nothing that it took; meanwhile senders are told, and both sides say so and go on."""
    with rabbitmq(tmp_path / "mq") as broker, capture_logs() as lines:
        worker = Worker(99)

        async def until_again(slot: str) -> bool:
            if slot == "again":  # what was done and not yet taken off comes twice: its number tells nothing
                worker.stop.set()
            return await worker.work(slot)

        async with sending(broker.url, (queue, "test.other")) as hand_over:
            await hand_over(queue, "before")
            await asyncio.to_thread(broker.kill)
            with pytest.raises(BrokerLost):
                await hand_over(queue, "lost")
            await asyncio.to_thread(broker.start)
            listening = asyncio.create_task(worker.listen(broker.url, queue, until_again))
            await _until_taken(hand_over, queue, "after")
            await asyncio.to_thread(broker.kill)
            await asyncio.to_thread(broker.start)
            await _until_taken(hand_over, queue, "again")
            await listening
    assert {"before", "after", "again"} == set(worker.done)
    told = [line["event"].partition(":")[0] for line in lines if "broker" in line["event"]]
    assert {"the broker is lost", "the broker is back"} == set(told)


async def _until_taken(hand_over: Callable[[str, str], Awaitable[None]], queue: str, slot: str) -> None:
    while True:
        try:
            return await hand_over(queue, slot)
        except BrokerLost:
            await asyncio.sleep(0.2)


async def test_a_broker_that_cannot_be_used_is_told_at_once(rabbit: RabbitMq) -> None:
    """Where nothing listens, and where the password is wrong; neither is in the message."""
    for url in (NOBODY, rabbit.url.replace(f":{GUEST}@", f":{WRONG}@")):
        with pytest.raises(ConfigError, match=r"HAECHI_BROKER_URL: RabbitMQ at 127.0.0.1:\d+ cannot be used") as caught:
            await check_broker(url)
        assert WRONG not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "arguments", "expected"),
    [
        ("", (), "HAECHI_BROKER_URL is not set: a worker is handed its work by RabbitMQ (docs/operators.md)"),
        (NOBODY.replace("amqp", "redis"), (), "HAECHI_BROKER_URL: is refused: expected such as amqp://"),
        ("amqp://127.0.0.1:1", ("--account", "team"), "no Telegram session: set HAECHI_TELEGRAM_SESSION"),
        (NOBODY, (), "RabbitMQ at 127.0.0.1:1 cannot be used (AMQPConnectionError)"),
    ],
)
def test_a_worker_that_cannot_begin_says_why(
    env: dict[str, str], url: str, arguments: tuple[str, ...], expected: str
) -> None:
    """One line at the end, exit code 2, and never the password."""
    ended = call("worker", *arguments, env={**env, "HAECHI_BROKER_URL": url})
    assert (2, True) == (ended.code, expected in ended.err.splitlines()[-1])
    assert WRONG not in ended.err


@pytest.mark.slow
@pytest.mark.parametrize("command", ["worker", "run"])
def test_without_taskiq_neither_side_begins(env: dict[str, str], command: str) -> None:
    """It is not part of a plain installation; what to install is said."""
    without = f"import sys; sys.modules['taskiq_aio_pika'] = None\nfrom crawler.cli import main; main(['{command}'])"
    named = {**os.environ, **env, "HAECHI_BROKER_URL": "amqp://127.0.0.1:1"}
    assert 0 == call("once", "-w", str(WATCHLIST_FILE), "--source", "@practice_talk", env=env).code
    ended = subprocess.run([sys.executable, "-c", without], env=named, capture_output=True, text=True, check=False)
    assert 2 == ended.returncode
    assert "taskiq is not installed here: pip install 'haechi[workers]'" in ended.stderr.splitlines()[-1]
