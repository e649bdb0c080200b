"""Records are values: frozen, slotted, keyword-only."""

import dataclasses
import inspect
from collections.abc import Callable
from enum import Enum
from types import ModuleType
from typing import Any

import msgspec
import pytest
from msgspec import structs

from evidence import cipher, day, listing, reading, records, reporting, review, rooms, watching
from evidence.records import Cursor, Figure, Finding, Flag, Mention, Post, Severity, Source
from evidence.review import CLAIM_STATES, ClaimState, Disposition

MODULES: tuple[ModuleType, ...] = (*(cipher, day, listing, reading, records, reporting, review, rooms, watching),)


def own(module: ModuleType) -> list[type[Any]]:
    """Classes that a module defines itself."""
    return [each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == module.__name__]


RECORDS = [each for module in MODULES for each in own(module) if dataclasses.is_dataclass(each)]
STRUCTS = [each for module in MODULES for each in own(module) if issubclass(each, msgspec.Struct)]
ENUMS = [each for module in MODULES for each in own(module) if issubclass(each, Enum)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_records_are_frozen_slotted_and_keyword_only(record: Any) -> None:
    """No record changes, grows or is built by position."""
    options = record.__dataclass_params__
    assert (True, True) == (options.frozen, options.eq)
    assert "__slots__" in vars(record)
    assert all(field.kw_only for field in dataclasses.fields(record))
    assert record.__doc__
    assert not record.__doc__.startswith(f"{record.__name__}(")


@pytest.mark.parametrize("record", STRUCTS, ids=lambda record: record.__name__)
def test_records_of_every_message_are_so_too(record: Any) -> None:
    """They are structs, which are made in C; without rings among them, no collection has to look at them."""
    options = record.__struct_config__
    assert (True, True, False) == (options.frozen, options.eq, options.gc)
    assert all(each.kind is each.KEYWORD_ONLY for each in inspect.signature(record).parameters.values())
    assert record.__doc__


@pytest.mark.parametrize(
    ("given", "replace"),
    [(Figure(value=5, low=5, high=5), structs.replace), (Flag(severity=Severity.LOW, reasons=()), dataclasses.replace)],
)
def test_record_cannot_be_changed(given: Any, replace: Callable[..., Any]) -> None:
    """A change means a new record."""
    name, *_ = inspect.signature(type(given)).parameters
    with pytest.raises(AttributeError):
        setattr(given, name, None)
    assert type(given) is type(replace(given, **{name: None}))
    assert given != replace(given, **{name: None})


def test_records_of_one_content_are_one() -> None:
    """Equal by content, so that they can be compared and counted."""
    assert len({Figure(value=1, low=1, high=1), Figure(value=1, low=1, high=1), Figure(value=2, low=1, high=3)}) == 2


@pytest.mark.parametrize("kind", ENUMS, ids=lambda kind: kind.__name__)
def test_enum_members_are_words(kind: Any) -> None:
    """Each member's value is its name in lower case, as it is stored and printed."""
    assert all(member.value in (member.name.lower(), member.name.lower().replace("_", "-")) for member in kind)


def test_everything_is_imported_from_one_place() -> None:
    """``evidence.records`` names its own records and those of readings, of what is watched and of how that went."""
    expected = {each.__name__ for module in (reading, records, reporting, watching) for each in own(module)}
    assert expected == set(records.__all__)


def test_severities_are_ordered() -> None:
    """The mildest comes first."""
    assert [0, 1, 2, 3] == [each.rank for each in Severity]
    assert max(Severity, key=lambda each: each.rank) is Severity.CRITICAL


def test_name_of_a_source() -> None:
    """A source is named by the end of its address."""
    assert Source(address="https://t.me/practice_talk").name == "practice_talk"


@pytest.mark.parametrize(
    ("text", "captions", "expected"),
    [
        ("글", (), "글"),
        ("", ("물음", "네"), "물음\n네"),
        ("글", ("a.pdf",), "글\na.pdf"),
        ("", (), ""),
        ("글", ("",), "글"),
    ],
)
def test_words_of_a_post(text: str, captions: tuple[str, ...], expected: str) -> None:
    """Captions stand below the text, so that offsets in the text count in both."""
    post = Post(native_id=1, native_ids=(1,), address=None, posted_at=None, text=text, captions=captions)
    assert expected == post.words


def test_finding_is_kept_for_a_school_a_flag_or_its_past() -> None:
    """Other posts leave no document."""
    post = Post(native_id=1, native_ids=(1,), address=None, posted_at=None)
    mention = Mention(
        start=0, end=1, surface="x", school=None, candidates=(), level=None, rule="full_name", confidence=1.0
    )
    assert not Finding(post=post).is_worth_keeping
    assert not Finding(post=post, terms=("synthetic-media",)).is_worth_keeping
    assert Finding(post=post, mentions=(mention,)).is_worth_keeping
    assert Finding(post=post, flag=records.Flag(severity=Severity.LOW, reasons=("x",))).is_worth_keeping
    assert Finding(post=post, was_kept=True).is_worth_keeping


def test_new_cursor_has_no_gap() -> None:
    """By default nothing is stored and nothing is open."""
    cursor = Cursor(source="x", peer="1")
    assert (0, 0, None, 0) == (cursor.newest_id, cursor.gap_low, cursor.gap_high, cursor.passes)


def test_every_disposition_has_a_claim_state() -> None:
    """What a person decides, or has not yet decided, settles how far a claim has been checked."""
    assert {None, *Disposition} == set(CLAIM_STATES)
    assert set(ClaimState) == set(CLAIM_STATES.values())


@pytest.mark.parametrize(
    ("disposition", "state"),
    [
        (None, ClaimState.CLAIMED),
        (Disposition.CONFIRMED, ClaimState.CONFIRMED),
        (Disposition.LIKELY, ClaimState.CHECKED),
        (Disposition.INDETERMINATE, ClaimState.CHECKED),
        (Disposition.RUMOUR_HOAX, ClaimState.REFUTED),
        (Disposition.NOT_RELEVANT, ClaimState.UNKNOWN),
        (Disposition.DUPLICATE_OF, ClaimState.UNKNOWN),
    ],
)
def test_claim_is_never_more_than_a_person_decided(disposition: Disposition | None, state: ClaimState) -> None:
    """Without a Review a claim is only claimed; only a confirmation confirms it."""
    assert state == CLAIM_STATES[disposition]
