"""The import loop: what it leaves behind where something is in its way."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from channels.export import open_export
from crawler.importing import Importer, import_export
from evidence.address import export_address
from evidence.cipher import Cipher
from evidence.errors import SourceTaken
from storage.leases import leased
from storage.mongo import Store, open_store
from tests.conftest import MASTER_KEY, NOW
from tests.crawler.import_making import export_of, talk
from tests.mongo_rules import Rules
from tests.storage.making import SETTING, criteria, everything


def importer(store: Store, touched: Path | None = None) -> Importer:
    """One whose file is changed by somebody as soon as it has begun."""

    def clock() -> datetime:
        if touched is not None:
            os.utime(touched, (0, 0))
        return NOW

    return Importer(store=store, criteria=criteria(), posters=b"key" * 11, clock=clock, setting=SETTING, by="staff-a")


async def test_what_it_writes_keeps_to_the_rules(store: Store, rules: Rules, tmp_path: Path) -> None:
    """Searches are bounded, writes are durable, and it is told how far it is; the fixture holds the rules."""
    export = open_export(Path(export_of(tmp_path, talk(1_150))))
    told: list[int] = []
    imported = await import_export(export, None, importer(store), told.append)
    assert (1_150, 115, None) == (imported.new, imported.whole.totals.flags, imported.fault)
    assert sorted(told) == told
    assert (3, export.size_bytes) == (len(told), told[-1])
    assert rules.commands


async def test_a_file_that_changes_meanwhile(store: Store, own_database: str, tmp_path: Path) -> None:
    """Nothing is stored under a hash that is the file's no more."""
    file = Path(export_of(tmp_path, talk(30)))
    imported = await import_export(open_export(file), None, importer(store, file), lambda _: None)
    assert "was changed while it was read: import it again once it stays as it is" == imported.fault
    assert ([], None) == (everything(own_database)["posts"], imported.whole.ended_at)


async def test_one_at_a_time(store: Store, own_database: str, tmp_path: Path) -> None:
    """A second import of the same file is refused while the first one runs."""
    export = open_export(Path(export_of(tmp_path, talk(30))))
    async with (
        open_store(own_database, Cipher(MASTER_KEY)) as other,
        leased(other, export_address(export.sha256(), export.chat), NOW),
    ):
        with pytest.raises(SourceTaken):
            await import_export(export, None, importer(store), lambda _: None)
    assert [] == everything(own_database)["imports"]
