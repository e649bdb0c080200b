"""A store with many flags that wait, as the console finds it: posts, places in the queue, sealed items, members."""

from datetime import datetime, timedelta

from crawler.assemble import now
from evidence.item import Setting, seal_act
from evidence.progress import Progress
from evidence.records import Capture, Count, Finding, Flag, Mention, PageKind, Post, Severity
from storage.custody import Custody
from storage.evidence import Sealing, evidence_writes
from storage.forms import count_document, post_document
from storage.leases import over_what_is_there
from storage.mongo import Document, Store
from storage.reads import EPOCH
from storage.review_desk import place_fields
from storage.review_forms import progress_fields

SOURCE, PEER = "https://t.me/bench_room", "1900000777"
BATCH = 500
GRAVE = 10
"""Each so many-th flag is grave: these come first, and are sealed."""
SPAN = timedelta(days=20)
SETTING = Setting(collector="haechi bench", configuration_sha256="0" * 64, watchlist_version=1)


async def fill(store: Store, custody: Custody, flags: int) -> None:
    """Posts, flags that have their place in the queue, sealed items with their entries, two weeks of members."""
    begin = now() - SPAN
    for start in range(0, flags, BATCH):
        numbers = range(start + 1, min(start + BATCH, flags) + 1)
        made = [_finding(number, begin + SPAN * number / flags) for number in numbers]
        posts = [_post(store, finding) for finding in made]
        await store["posts"].insert_many(posts)
        await store["flags"].insert_many([_flag(post) for post in posts])
        pairs = [pair for pair in zip(posts, made, strict=True) if pair[1].post.native_id % GRAVE == 0]
        sealings = [Sealing(document=post, finding=one, capture=_capture(one), fragment="") for post, one in pairs]
        items, _ = evidence_writes(store, sealings, (), SETTING)
        await store["evidence"].bulk_write(over_what_is_there(items))
        await custody.record(*(seal_act(post["_id"] + ":1", "0" * 64, SETTING.collector) for post, _ in pairs))
    await store["counts"].insert_many([count_document(_count(hours)) for hours in range(14 * 24)])


def _finding(number: int, at: datetime) -> Finding:
    grave = Severity.HIGH if number % GRAVE == 0 else Severity.MEDIUM if number % 3 == 0 else Severity.LOW
    telephone = f"010-0000-{number % 10_000:04}"
    text = f"예방 안내 {number}: 가나다라고등학교에서 이야기가 있었다고 합니다. 문의는 {telephone} 김민수 선생님"
    mention = Mention(
        start=text.index("가나"),
        end=text.index("에서"),
        surface="",
        school="1",
        candidates=("1",),
        level="high",
        rule="H",
        confidence=0.9,
    )
    return Finding(
        post=Post(native_id=number, native_ids=(number,), address=f"{SOURCE}/{number}", posted_at=at, text=text),
        mentions=(mention,),
        terms=("awareness",),
        flag=Flag(severity=grave, reasons=("many-schools",)),
        offices=(("B10", "C10", "J10")[number % 3],),
        levels=("high",),
    )


def _post(store: Store, finding: Finding) -> Document:
    at = finding.post.posted_at
    assert at is not None
    return post_document(finding, SOURCE, PEER, at, None, store.cipher)


def _flag(post: Document) -> Document:
    always = {"severity": post["flag"]["severity"], "reasons": post["flag"]["reasons"], "revision": 1}
    copied = {
        name: post[name] for name in ("_id", "source", "address", "posted_at", "at", "offices", "levels", "terms")
    }
    document = {**copied, **always, "school_tokens": [], "delay_s": None, "growth": None, "first_look_at": None}
    progress = Progress(flag=post["_id"])
    free = {"reserved_by": None, "reserved_until": EPOCH, "claimed_at": None, "lease_until": None}
    return {**document, **free, **progress_fields(progress), **place_fields(document, progress, ())}


def _capture(finding: Finding) -> Capture:
    at = finding.post.posted_at
    assert at is not None
    return Capture(
        source=SOURCE,
        url=SOURCE,
        kind=PageKind.PREVIEW,
        fetched_at=at,
        status=200,
        received_sha256="0" * 64,
        received_bytes=1,
        kept=b"",
        kept_sha256="0" * 64,
    )


def _count(hours: int) -> Count:
    value = 40_000 - hours * 7
    at = now() - timedelta(hours=hours, minutes=1)
    return Count(source=SOURCE, at=at, value=value, low=value, high=value, origin="landing")
