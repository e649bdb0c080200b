"""From a page that was read to what was found in it: pure stages, in the order of ``STAGES``.

A stage takes a Finding and returns a fuller one. No stage reads a file, a clock or the network;
what it needs comes with the Criteria and with what is known of the posts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from evidence.records import Change, Finding, Page, Post, Rule, Seen, Term
from evidence.watching import NO_OFFICE
from pipelines.discovery import rooms_named_in
from pipelines.flags import confident, raise_flag
from pipelines.normalize import normalize, searched_form
from pipelines.revise import compare, fingerprint_post
from pipelines.schools import Register, find_mentions_in, settle_by_room
from pipelines.schools.disguise import find_doubt
from pipelines.schools.lists import NAME_LIST, is_list
from pipelines.terms import TermMatcher, compile_terms, find_terms, may_hold_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What posts are examined for, compiled once for a watchlist."""

    register: Register
    terms: TermMatcher
    rules: tuple[Rule, ...]
    fingerprint_key: bytes


def compile_criteria(
    register: Register, terms: tuple[Term, ...], rules: tuple[Rule, ...], fingerprint_key: bytes
) -> Criteria:
    """Compile a watchlist's terms beside a compiled Register."""
    return Criteria(register=register, terms=compile_terms(terms), rules=rules, fingerprint_key=fingerprint_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a stage may know besides the post."""

    criteria: Criteria
    office: str | None
    may_hold_terms: bool
    """Whether any post of the page may hold a Term, as far as its words are in normal form."""


def compare_post(post: Post, known: Mapping[int, Seen], key: bytes) -> Finding:
    """Say how a post stands against what was stored of it."""
    mark = fingerprint_post(post, key)
    seen = known.get(post.native_id)
    change = compare(post, mark, known)
    return Finding(post=post, fingerprint=mark, change=change, was_kept=seen is not None and seen.is_kept)


def fill_in_words(finding: Finding, around: Circumstances) -> Finding:
    """Find the Mentions and the Terms of its normalised text."""
    words, criteria = finding.post.words, around.criteria
    if find_doubt(words) is None and not criteria.register.find_patterns(words):
        if not around.may_hold_terms:
            return finding  # four posts in five: in normal form, and naming nothing
        terms = find_terms(words, criteria.terms)
        return replace(finding, terms=terms) if terms else finding
    normal = normalize(words)
    mentions = confident(find_mentions_in(normal, criteria.register, around.office))
    terms = find_terms(normal.text, criteria.terms)
    if NAME_LIST not in terms and is_list(mentions, words):
        terms = (*terms, NAME_LIST)
    return replace(finding, mentions=mentions, terms=terms)


def fill_in_flag(finding: Finding, around: Circumstances) -> Finding:
    """Raise the post's Flag, if a rule asks for it."""
    flag = raise_flag(finding.mentions, finding.terms, around.criteria.rules)
    return replace(finding, flag=flag) if flag else finding


def fill_in_rooms(finding: Finding, _: Circumstances) -> Finding:
    """Say which other rooms it names."""
    rooms = rooms_named_in(finding.post)
    return replace(finding, rooms=rooms) if rooms else finding


Stage = Callable[[Finding, Circumstances], Finding]

STAGES: tuple[Stage, ...] = (fill_in_words, fill_in_flag, fill_in_rooms)


def examine(
    page: Page, known: Mapping[int, Seen], criteria: Criteria, office: str | None = None
) -> tuple[Finding, ...]:
    """Put every post of a page through the stages.

    Args:
        page: as collected.
        known: the index of this page's posts, by native id.
        criteria: compiled.
        office: NEIS office code of the Source.

    Returns:
        A Finding for each post, oldest first. Unchanged posts and those of a baseline page are
        compared and not examined further.
    """
    findings = [compare_post(post, known, criteria.fingerprint_key) for post in page.reading.posts]
    if not page.is_baseline:
        fresh = (finding.post.words for finding in findings if finding.change is not Change.UNCHANGED)
        around = Circumstances(criteria=criteria, office=office, may_hold_terms=may_hold_terms(fresh, criteria.terms))
        findings = _settle_together([_run_stages(finding, around) for finding in findings])
    return tuple(_fill_in_search(finding, criteria.register) for finding in findings)


def _settle_together(findings: list[Finding]) -> list[Finding]:
    """Let the schools that some posts name for certain tell which ones the others mean."""
    room = {mention.school for finding in findings for mention in finding.mentions if mention.school}
    if not room:
        return findings
    return [
        replace(finding, mentions=settle_by_room(finding.mentions, room)) if finding.mentions else finding
        for finding in findings
    ]


def _fill_in_search(finding: Finding, register: Register) -> Finding:
    """Say by what a post that will be kept can be found, now that it is settled which schools it names.

    Universities, and posts that name no school, are in the scope of ``NO_OFFICE``.
    """
    if finding.change is Change.UNCHANGED or not finding.is_worth_keeping:
        return finding
    named = {code for mention in finding.mentions for code in mention.candidates}
    schools = [school for code in named if (school := register.by_code.get(code))]
    levels = {school.level for school in schools}.union(mention.level for mention in finding.mentions if mention.level)
    return replace(
        finding,
        searched=searched_form(finding.post.words),
        offices=tuple(sorted({school.scope for school in schools} or {NO_OFFICE})),
        levels=tuple(sorted(levels)),
    )


def _run_stages(finding: Finding, around: Circumstances) -> Finding:
    if finding.change is Change.UNCHANGED:
        return finding
    for stage in STAGES:
        finding = stage(finding, around)
    return finding


__all__ = ["STAGES", "Criteria", "compile_criteria", "examine"]
