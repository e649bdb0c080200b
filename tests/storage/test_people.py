"""People, sessions and links in the store."""

import asyncio
from datetime import timedelta

import pytest

from evidence.errors import ConfigError
from evidence.roles import Role
from storage.mongo import Store
from storage.people import (
    add_person,
    all_people,
    person_id,
    read_person,
    read_secret,
    set_secret,
    set_up_code,
    spend_code,
    spend_recovery,
)
from storage.sessions import (
    Stage,
    begin_session,
    end_sessions,
    find_session,
    link_person,
    make_link,
    renew_session,
    use_link,
)
from tests.conftest import NOW
from tests.storage.making import everything

IDLE = timedelta(minutes=30)


async def test_names_and_secrets_are_nowhere_in_the_clear(store: Store, own_database: str) -> None:
    """Only pseudonyms, sealed texts and hashes."""
    person = await add_person(store, "  김하늘 ", Role.MONITOR, frozenset({"C10", "B10"}), "ko", NOW)
    await set_secret(store, person.id, "password", "$argon2id$hash")
    await set_up_code(store, person.id, "SEEDSEED", ["abcd-efgh"])
    secret, _ = await begin_session(store, person.id, Stage.FULL, NOW)
    token = await make_link(store, person.id, NOW, None)
    raw = repr(everything(own_database))
    assert [] == [word for word in ("김하늘", "argon2", "SEEDSEED", "abcd", secret, token) if word in raw]
    found = await read_person(store, person.id)
    assert found is not None
    assert ("김하늘", frozenset({"B10", "C10"}), True, True, 1) == (
        found.name,
        found.offices,
        found.has_password,
        found.has_code,
        found.codes_left,
    )
    assert "SEEDSEED" == await read_secret(store, person.id, "code")
    assert [found] == await all_people(store, NOW)


async def test_a_name_is_taken_once(store: Store) -> None:
    """However it is written."""
    await add_person(store, "Kim Ha", Role.VIEWER, None, "en", NOW)
    for name in ("kim ha", "ＫＩＭ  ＨＡ", " Kim Ha"):
        with pytest.raises(ConfigError, match="somebody has this name already"):
            await add_person(store, name, Role.ADMIN, None, "en", NOW)
    for name in ("", "<b>", "a" * 61, "x\u202ey", "$ne", "-"):
        with pytest.raises(ConfigError, match="expected 1 to 60 letters"):
            person_id(store.cipher, name)


async def test_what_is_used_once_is_used_once(store: Store) -> None:
    """Codes, recovery codes and links, also when many try at the same moment."""
    person = (await add_person(store, "Kim", Role.VIEWER, None, "en", NOW)).id
    await set_up_code(store, person, "SEED", ["abcd-efgh", "jkmn-pqrs"])
    token = await make_link(store, person, NOW, IDLE)
    assert person == await link_person(store, token, NOW)
    for tries in (
        [spend_code(store, person, 7) for _ in range(5)],
        [spend_recovery(store, person, "ABCD efgh") for _ in range(5)],
        [use_link(store, token, NOW) for _ in range(5)],
    ):
        answers = await asyncio.gather(*tries)
        assert 1 == sum(1 for answer in answers if answer)
    assert [False, True] == [await spend_code(store, person, step) for step in (6, 8)]
    assert (None, None) == (await link_person(store, token, NOW), await use_link(store, "x", NOW))
    late = await make_link(store, person, NOW, IDLE)
    assert (None, None) == (await link_person(store, late, NOW + IDLE), await use_link(store, late, NOW + IDLE))


async def test_sessions_live_and_end(store: Store) -> None:
    """Under their hash, until they are idle, over, renewed, or ended with all others of the person."""
    secret, session = await begin_session(store, "staff-1", Stage.FULL, NOW)
    assert session == await find_session(store, secret, NOW + IDLE - timedelta(seconds=1), IDLE)
    fresh, renewed = await renew_session(store, session, NOW + timedelta(minutes=1))
    assert (session.until, NOW + timedelta(minutes=1)) == (renewed.until, renewed.proven_at)
    assert await find_session(store, secret, NOW, IDLE) is None
    assert await find_session(store, fresh, NOW + timedelta(hours=9), timedelta(days=1)) is None
    secrets = [(await begin_session(store, "staff-1", Stage.CODE, NOW))[0] for _ in range(2)]
    await end_sessions(store, "staff-1")
    assert [None, None] == [await find_session(store, each, NOW, IDLE) for each in secrets]
    await begin_session(store, "staff-1", Stage.CODE, NOW)
    await begin_session(store, "staff-2", Stage.FULL, NOW + timedelta(minutes=11))
    assert 1 == len([each async for each in store["sessions"].find({"_id": {"$gte": "0", "$lte": "g"}})])
