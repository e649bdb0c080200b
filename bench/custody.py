"""The custody log: appending beside naive inserts on the same server, and verifying a million entries.

Naive is what one would write first: a document an entry, inserted as it comes; it proves nothing. The
third row is as fast as naive can be made, by collecting entries first. Ours are linked, hashed, signed,
found again by their request, and durable before anybody is told.
"""

import asyncio
import resource
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bench.table import print_speeds, print_table
from evidence.checkpoint import Files, sign_head
from evidence.cipher import Cipher
from evidence.custody import BEGIN, Act, Block, key_act, make_block, new_head, signed_bytes
from evidence.keys import SigningKey
from evidence.verdict import State
from evidence.verify import Verification
from storage.custody import open_custody
from storage.custody_blocks import block_document, read_blocks
from storage.embedded import embedded_server
from storage.mongo import Document, Store, open_store

ENTRIES, WRITERS = 4_000, 16
BATCH = 1_000
SIZES = (100_000, 1_000_000)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
NAIVE = f"naive: insert_one, {WRITERS} writers"


def main() -> None:
    """Print entries a second of both, then what a verification costs as the log grows."""
    with tempfile.TemporaryDirectory() as folder, embedded_server(Path(folder)) as uri:
        speeds = asyncio.run(measure_appending(uri, Path(folder)))
        print_speeds(f"{ENTRIES:,} entries, durable", "entries", speeds, NAIVE)
        rows = [asyncio.run(measure_verifying(uri, size)) for size in SIZES]
    print_table("verification", ("entries", "from the database", "entries/s", "peak memory"), rows)


def act(number: int, name: str) -> Act:
    """An entry of usual length."""
    return Act(
        request=f"seal:{name}:{number}",
        action="seal",
        actor="collector",
        actor_role="system",
        session_id="0123456789abcdef",
        target_type="item",
        target_id=f"01JD{name}{number:018d}",
        commit=f"{number:064x}",
    )


async def measure_appending(uri: str, folder: Path) -> dict[str, float]:
    """Entries a second of each way, one after the other on the same server."""
    speeds: dict[str, float] = {}
    async with open_store(uri.replace("/?", "/bench_append?"), Cipher(bytes(32))) as store:
        speeds[NAIVE] = await _timed(lambda: _by_writers(lambda number: _insert(store, number)))
        speeds[f"naive: insert_many of {BATCH:,}"] = await _timed(lambda: _insert_many(store))
        async with open_custody(store, lambda: NOW, Files(folder=folder)) as custody:
            await custody.record(act(0, "first"))

            async def one(number: int) -> None:
                await custody.record(act(number, "one"))

            async def batches() -> None:
                for start in range(0, ENTRIES, BATCH):
                    await custody.record(*(act(number, "batch") for number in range(start, start + BATCH)))

            speeds[f"haechi: record, {WRITERS} writers"] = await _timed(lambda: _by_writers(one))
            speeds[f"haechi: record of {BATCH:,}"] = await _timed(batches)
    return speeds


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    begin = perf_counter()
    await work()
    return ENTRIES / (perf_counter() - begin)


async def _by_writers(write: Callable[[int], Awaitable[None]]) -> None:
    """Each writer goes on when its entry is durable."""

    async def writer(start: int) -> None:
        for number in range(start, ENTRIES, WRITERS):
            await write(number)

    await asyncio.gather(*(writer(start) for start in range(WRITERS)))


async def _insert(store: Store, number: int) -> None:
    await store["naive"].insert_one(_document(number))


async def _insert_many(store: Store) -> None:
    for start in range(0, ENTRIES, BATCH):
        documents = [{**_document(number), "_id": f"many {number}"} for number in range(start, start + BATCH)]
        await store["naive"].insert_many(documents)


def _document(number: int) -> Document:
    entry = act(number, "naive")
    return {"_id": number, "at": NOW, **{name: getattr(entry, name) for name in Act.__slots__}}


async def measure_verifying(uri: str, size: int) -> tuple[str, str, str, str]:
    """Seconds and memory of one verification of a stored log."""
    key = SigningKey(secret=bytes(32))
    async with open_store(uri.replace("/?", f"/bench_verify_{size}?"), Cipher(bytes(32))) as store:
        head = new_head(key.public)
        documents: list[Document] = []
        for block in make_log(size, key):
            documents.append(block_document(block))
            head = replace(head, size=block.end, peaks=block.peaks)
            if len(documents) == 20 or block.end == size:
                await store["custody"].insert_many(documents)
                documents = []
        verification = Verification([sign_head(head, key, NOW)])
        begin = perf_counter()
        async for block in read_blocks(store):
            assert verification.add(block)
        assert State.INTACT is verification.end().state
        seconds = perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{size:,}", f"{seconds:.1f} s", f"{size / seconds:,.0f}", f"{memory:.0f} MB"


def make_log(size: int, key: SigningKey) -> Iterator[Block]:
    """A log of whole blocks."""
    head = new_head(key.public)
    for start in range(0, size, BATCH):
        acts = [act(number, "seal") for number in range(start, start + BATCH)]
        if start == 0:
            acts[0] = key_act(BEGIN, key.public, "bench")
        block, head = make_block(head, acts, 1, NOW)
        yield replace(block, signatures=(key.sign(signed_bytes(block)),))
