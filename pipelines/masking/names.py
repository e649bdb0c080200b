"""Names of persons beside schools, classes and what else speaks of one person.

A word that is built like a name counts as one only in company: where something announces it (a label, a class, a
title, a list), or, for the commonest forms, on a line that speaks of school at all.
"""

import re
from collections.abc import Iterator

from evidence.masked import Kind
from pipelines.masking.company import (
    AFTER,
    BEFORE,
    LABEL,
    UNLISTED_SCHOOL,
    is_before_class,
    is_called,
    is_called_so,
    is_classed,
    is_labelled_by_mark,
    is_of_persons,
    is_one_person,
    is_titled,
    speaks_of_school,
)
from pipelines.masking.form import FILLERS, NAMED, SCHOOL, Found
from pipelines.masking.name_lists import find_lists
from pipelines.masking.name_words import DOUBLE, SURNAMES
from pipelines.masking.put_out_names import find_put_out, holds_put_out
from pipelines.masking.romanised import find_romanised
from pipelines.masking.tokens import Reading, read_name

_LIST_GAP = re.compile(rf"(?:[ ,/·、&+|]|\d{{1,2}}[.)번]? ?|및 |와 |과 |랑 |이랑 |하고 ){{1,4}}|[{NAMED}]")

_RUN = re.compile(
    rf"(?<![가-힣{NAMED}])(?:(?<=\d)(?:반|번"
    rf"|학년))?([{''.join(sorted(SURNAMES | {one[0] for one in DOUBLE}))}][가-힣]{{1,11}})"
)
"""A word that a name may begin; never right behind another name."""
_SPACED = re.compile(
    rf"(?<![가-힣])(?P<a>[{''.join(sorted(SURNAMES))}])(?P<gap>[^0-9a-z가-힣\n{FILLERS}]{{1,2}}"
    rf"|[ㅡㅣ])(?P<b>[가-힣])(?P=gap)(?P<c>[가-힣])(?P<tail>[가-힣]{{0,5}})"
)
_APART = re.compile(r"(?<![가-힣])[김박최정강윤장임권황송류홍손배백허심곽] [가-힣]{2,6}")

_COUNTERS = "원명년월일시분회차조억만천호도주위"
"""Surnames that count things right behind a number: 20000원정도."""


NEAR_LINES = 2
"""Lines above and below one that speaks of school, on which the usual names count too."""


def find_names(text: str, has_school: bool, has_title: bool) -> Iterator[Found]:
    """Find names of persons.

    Args:
        text: working form, schools put out.
        has_school: whether anything in it may speak of school.
        has_title: whether anything in it may be a title.
    """
    if has_school:
        text = UNLISTED_SCHOOL.sub(lambda found: SCHOOL * len(found[0]), text)
    if has_school or has_title:
        yield from _labelled(text)
    if holds_put_out(text):
        yield from find_put_out(text, has_school)
    if has_school or "\n" in text or "," in text:
        yield from find_lists(text, has_school)
    if has_school or has_title:
        yield from _by_line(text, has_school)


def _by_line(text: str, has_school: bool) -> Iterator[Found]:
    lines = text.split("\n")
    speaking = [has_school and speaks_of_school(line) is not None for line in lines]
    start = 0
    for at, line in enumerate(lines):
        end = start + len(line)
        is_near = any(speaking[max(0, at - NEAR_LINES) : at + NEAR_LINES + 1])
        yield from _on_line(text, start, end, is_near)
        if is_near:
            yield from _taken_apart(text, start, end)
            yield from find_romanised(text, start, end)
        start = end + 1


def _on_line(text: str, start: int, end: int, is_near: bool) -> Iterator[Found]:
    """Read every run of a line; neighbours of a name are likelier names."""
    runs = list(_RUN.finditer(text, start, end))
    readings = [_read_run(text, run, is_near) for run in runs]
    for at, run in enumerate(runs):
        reading = readings[at]
        if reading is None and at and readings[at - 1] and _is_listed(text, runs[at - 1], run):
            reading = readings[at] = _whole(run[1])
        if reading:
            yield run.start(1), run.start(1) + reading.length, Kind.NAME
    for at in range(len(runs) - 2, -1, -1):
        following = readings[at + 1]
        if readings[at] is None and following and _is_listed(text, runs[at], runs[at + 1]):
            readings[at] = reading = _whole(runs[at][1])
            if reading:
                yield runs[at].start(1), runs[at].start(1) + reading.length, Kind.NAME


def _read_run(text: str, run: re.Match[str], is_near: bool) -> Reading | None:
    """Read a run as a name by what announces it, else by its commonest form."""
    if read_name(run[1], is_near) is None:
        return None  # nineteen words in twenty
    start, end = run.span(1)
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    if before[-1:].isdigit() and run[1][0] in _COUNTERS:
        return None
    if is_classed(before) or (is_near and _is_announced_behind(run[1], after)):
        return read_name(run[1], True)
    reading = read_name(run[1], False)
    if reading is None or is_near:
        return reading
    is_solid = reading.length == len(run[1])
    if reading.is_usual and (reading.has_title or is_called(before) or (is_solid and is_titled(after))):
        return reading
    is_alone = is_solid and is_labelled_by_mark(before) and not after.strip()[:1].isalpha()
    return reading if is_alone else None


def _is_announced_behind(run: str, after: str) -> bool:
    """Tell whether what follows says that a run names one person: a title, a class, 이라는 애."""
    if is_called_so(run) and is_of_persons(after):
        return True
    return _is_whole(run) and (is_one_person(after) is not None or is_before_class(after) is not None)


def _is_whole(run: str) -> bool:
    """Tell whether a run is a name and nothing more."""
    reading = read_name(run, True)
    return reading is not None and reading.length == len(run) > 2


def _whole(run: str) -> Reading | None:
    reading = read_name(run, True)
    return reading if reading and (reading.length == len(run) or reading.is_usual) else None


def _is_listed(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Tell whether only a mark of a list stands between two runs."""
    gap = text[one.end() : other.start()]
    return len(gap) <= 6 and gap != " " and _LIST_GAP.fullmatch(gap) is not None


def _labelled(text: str) -> Iterator[Found]:
    for found in LABEL.finditer(text):
        start, end = found.span(1)
        if "가" <= text[start] <= "힣":
            reading = read_name(found[1], True)
            if reading is None and len(found[1]) > 5:
                continue
            end = start + reading.length if reading else end
        yield start, end, Kind.NAME


def _taken_apart(text: str, start: int, end: int) -> Iterator[Found]:
    """Find names whose syllables are set apart (김 철 수, 김.철.수), and surnames set apart where one is announced."""
    for found in _SPACED.finditer(text, start, end):
        reading = read_name(found["a"] + found["b"] + found["c"] + found["tail"], False)
        if reading and reading.length == 3:
            yield found.start(), found.start("tail"), Kind.NAME
    for found in _APART.finditer(text, start, end):
        before, after = text[max(0, found.start() - BEFORE) : found.start()], text[found.end() : found.end() + AFTER]
        reading = read_name(found[0].replace(" ", ""), False)
        if reading and (reading.has_title or is_classed(before) or is_titled(after)):
            yield found.start(), found.start() + reading.length + 1, Kind.NAME
