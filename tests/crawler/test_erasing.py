"""What an erasure leaves of packages: those made before verify, those made later hold a tombstone."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from crawler.erasing import erase_certified, eraser_for
from crawler.package_asked import Asked
from crawler.packages import Made, export_package, propose_export
from evidence.checkpoint import Files, read_notes
from evidence.package import PROFILES
from evidence.verdict import State
from evidence.verifier.check import INTACT, check
from evidence.verifier.log import read_notes as read_held
from storage.approvals import approve
from storage.cases import add_case, put_items
from storage.custody import open_custody
from storage.erasure_copies import quoted_in
from storage.erasure_destroy import find_gone
from storage.erasure_find import find_posts, parse_post_address
from storage.mongo import Store
from tests.conftest import NOW, Clock
from tests.storage.custody import verdict_of
from tests.storage.erasing import ONE, POST, TWO, agreed, fill
from tests.storage.making import NAMING, SOURCE, keep, page, post
from tests.storage.sealing import PEER

TEXT = f"{NAMING} 2"


def holding_of(root: Path, words: str) -> list[str]:
    """Files of a package in which a text stands, packed ones opened."""
    opened = {
        path.relative_to(root).as_posix(): gzip.decompress(path.read_bytes())
        if path.suffix == ".gz"
        else path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
    return [name for name, content in opened.items() if words.encode() in content]


async def handed_over(store: Store, clock: Clock, folder: Path, case: str, profile: str, out: str) -> Made:
    """A package of the case, un-encrypted by two persons' word."""
    clock.forward(seconds=1)
    asked, files = Asked(case=case, profile=PROFILES[profile], out=folder / out), Files(folder=folder)
    async with open_custody(store, clock, files) as custody:
        proposal = await propose_export(store, custody, ONE, asked, "unit 2 has no key", clock())
        await approve(store, custody, TWO, proposal.id, clock())
        return await export_package(store, custody, files, ONE, replace(asked, proposal=proposal.id))


@pytest.mark.parametrize("profile", ["police", "regulator", "victim-support", "ministry"])
async def test_packages_before_and_after(store: Store, clock: Clock, tmp_path: Path, profile: str) -> None:
    """Both verify, against a checkpoint from before too; the later one has no word of the text."""
    files = Files(folder=tmp_path)
    items = await fill(store, 2, 3)
    async with open_custody(store, clock, files) as custody:
        case = (await add_case(store, custody, ONE, "who?", NOW)).id
        await put_items(store, custody, ONE, case, items, NOW)
    first = await handed_over(store, clock, tmp_path, case, profile, "first")
    held = read_held("\n".join(note.text for note in read_notes(files.notes).notes))
    async with open_custody(store, clock, files) as custody:
        proposal = await agreed(store, custody, clock)
        row = await erase_certified(store, eraser_for(custody, files, clock), TWO, proposal)
    second = await handed_over(store, clock, tmp_path, case, profile, "second")
    assert [INTACT, INTACT] == [check(made.path, held)[0] for made in (first, second)]
    assert (profile in ("police", "regulator"), []) == (
        holding_of(first.path, TEXT) != [],
        holding_of(second.path, TEXT),
    )
    assert State.INTACT == (await verdict_of(store, *read_notes(files.notes).notes)).state
    assert [first.id] == row["packages_outside"]
    assert ("erasure", POST, [items[0]], False) == (
        row["certificate"],
        row["post"],
        [item["id"] for item in row["items"]],
        row["alone"],
    )
    assert TEXT not in json.dumps(row, ensure_ascii=False)
    if profile == "police":
        erased = json.loads((second.path / "data/items/1900000001-2-1/erased.json").read_bytes())
        assert {"id", "erased_at", "commit"} == set(erased)


async def test_answers_are_named(store: Store) -> None:
    """Pages show the beginning of what a post answers: whoever decides is told of them."""
    await keep(store, page(post(2, NAMING), structs.replace(post(3, f"{NAMING}?"), reply_to=2), post(4, f"{NAMING}!")))
    assert (f"{PEER}:3",) == await quoted_in(store, await find_gone(store, POST), NOW)


async def test_ids_are_found_by_address(store: Store) -> None:
    """Of a post or of a whole room, without opening any text."""
    items = await fill(store, 2, 3)
    (one,) = await find_posts(store, *parse_post_address("https://t.me/room/2?single"), NOW)
    assert (POST, SOURCE, True, (items[0],), ()) == (one.post, one.source, one.is_kept, one.items, one.erased)
    assert 2 == len(await find_posts(store, *parse_post_address("t.me/room"), NOW))
    await store["posts"].delete_many({"_id": {"$in": [POST]}})
    await store["evidence"].update_one({"_id": items[0]}, {"$set": {"erased_at": NOW}})
    (gone,) = await find_posts(store, SOURCE, 2, NOW)
    assert (False, (), (items[0],)) == (gone.is_kept, gone.items, gone.erased)
