"""Changes the master key of an installation, so that it can be cut short at any moment and gone on with.

The key to come is made beside the one in force, then the two change places in one step, then every data
key is wrapped anew; the old one goes when none is left that it wraps. Meanwhile both open.
"""

import os
from dataclasses import replace
from pathlib import Path

from config.settings import Settings
from crawler.assemble import custody_log, now
from crawler.staff import staff_here
from evidence.backup import master_key_act
from evidence.checkpoint import _sync_folder
from evidence.cipher import NEXT, PREVIOUS, load_cipher, load_master_key
from evidence.errors import ConfigError
from storage.mongo import Store, under_its_root
from storage.rewrap import Rewrapped, Told, check_alone, keep_one_root, offer_root, rewrap


async def rotate_master(store: Store, settings: Settings, told: Told) -> Rewrapped:
    """Change to a fresh master key, or go on with a change that was cut short.

    Args:
        store: open under the key in force, used by nobody else.
        settings: of this installation.
        told: is told of the progress.

    Raises:
        ConfigError: the key's file cannot be written.
        StorageError: somebody else is at work, or the log did not take the entry; the old key stays in force.
    """
    place = settings.master_key
    previous, coming = place.with_name(place.name + PREVIOUS), place.with_name(place.name + NEXT)
    await check_alone(store, now())
    if coming.exists() or not previous.exists():
        load_master_key(coming)  # made, unless this was begun before
        fresh = load_cipher(coming)
        await offer_root(store, fresh.rooted_as(store.cipher))
        async with custody_log(store, settings) as custody:
            await custody.record(master_key_act(staff_here(store.cipher), fresh.id))
        _change_places(place, previous, coming)
    store = await under_its_root(replace(store, cipher=load_cipher(place)))
    made = await rewrap(store, told)
    await keep_one_root(store)
    previous.unlink()
    _sync_folder(place.parent)
    return made


def _change_places(place: Path, previous: Path, coming: Path) -> None:
    """The key in force stays as the previous one; there is no moment without a key in force."""
    try:
        if not previous.exists():
            os.link(place, previous)
            _sync_folder(place.parent)
        coming.replace(place)
        _sync_folder(place.parent)
    except OSError as problem:
        raise ConfigError(f"HAECHI_KEY_FILE: cannot change {place}: {problem.strerror}") from None
