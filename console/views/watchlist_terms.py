"""Terms and rules in forms, with sentences to try them on before anything is proposed."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from aiohttp import web
from pydantic import Field

from config.watchlist_edit import Entry, apply_edit, has_section, put, read_entries
from console.body import read_form
from console.pages import render
from console.views.watchlist_entries import LONG, EntryForm, lines_of, show_edit
from console.visit import console_of
from console.watchlist_draft import (
    changed_entry,
    checked,
    entry_problems,
    newest_text,
    rule_entry,
    rules_taken_over,
)
from console.watchlist_words import FIELDS, SEVERITIES
from console.words import Message
from evidence.errors import ConfigError
from evidence.records import Term
from evidence.trial import WordsTried
from evidence.watchlist_change import Edit

T = TypeVar("T")
MOST_SENTENCES = 20
LONGEST_LIST = 20_000


class TermForm(EntryForm):
    """A term."""

    do: str = Field(default="put", pattern=r"^(put|try)$")
    id: str = Field(max_length=60)
    any: str = Field(default="", max_length=LONGEST_LIST)
    patterns: str = Field(default="", max_length=LONGEST_LIST)
    sentences: str = Field(default="", max_length=LONG)

    def given(self) -> dict[str, Any]:
        """As an entry says it."""
        return {"id": self.id.strip(), "any": lines_of(self.any), "patterns": lines_of(self.patterns)}


class RuleForm(EntryForm):
    """A rule."""

    do: str = Field(default="put", pattern=r"^(put|try)$")
    id: str = Field(max_length=60)
    severity: str = Field(max_length=10)
    mentions: int = Field(default=0, ge=0, le=10_000)
    terms: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    sentences: str = Field(default="", max_length=LONG)

    def given(self) -> dict[str, Any]:
        """As an entry says it."""
        when: dict[str, object] = {
            "mentions": self.mentions,
            "terms": list(self.terms),
            "without": list(self.without),
        }
        asked = {key: value for key, value in when.items() if value}
        return {"id": self.id.strip(), "when": asked or {"mentions": 0}, "severity": self.severity}


async def terms_page(request: web.Request) -> web.StreamResponse:
    """What is looked for, and what raises a flag."""
    console = console_of(request)
    number, text = await newest_text(console)
    watchlist = checked(console, text)
    return render(
        request,
        "watchlist_terms.html",
        number=number,
        terms=watchlist.terms,
        rules=watchlist.rules,
        own={str(entry["id"]) for entry in read_entries(text, "terms")},
        has_rules=has_section(text, "rules"),
        severities=SEVERITIES,
    )


async def term_page(request: web.Request) -> web.StreamResponse:
    """One term, or a new one."""
    console = console_of(request)
    _number, text = await newest_text(console)
    terms = {term.id: term for term in checked(console, text).terms}
    term = _asked(request, terms)
    given = _term_entry(term) if term else {}
    return await _term(request, term.id if term else "", given, "", (), {})


async def put_term(request: web.Request) -> web.StreamResponse:
    """A term is added or changed, or tried."""
    console, filled = console_of(request), await read_form(request, TermForm)
    if filled.form is None:
        raise web.HTTPBadRequest
    form = filled.form
    _number, text = await newest_text(console)
    own = {str(entry["id"]) for entry in read_entries(text, "terms")}
    name = form.name if form.name in own else ""  # a packaged one is replaced by one of its name
    entry = changed_entry(text, "terms", name, form.given())
    problems = entry_problems(console, "terms", entry)
    if not form.name and form.id.strip() in {term.id for term in checked(console, text).terms}:
        problems |= {"id": Message(FIELDS["id"])}
    edit = put("terms", name, entry)
    if problems or form.do == "try":
        tried, problems = await _try(request, text, (edit,), form.sentences, problems)
        status = 422 if problems else 200
        return await _term(request, form.name, form.given(), form.sentences, tried, problems, status)
    return await show_edit(request, form.base, edit)


async def _term(
    request: web.Request,
    name: str,
    entry: Mapping[str, Any],
    sentences: str,
    tried: Sequence[WordsTried],
    problems: Mapping[str, Message],
    status: int = 200,
) -> web.StreamResponse:
    number, text = await newest_text(console_of(request))
    own = {str(one["id"]) for one in read_entries(text, "terms")}
    values = {key: "\n".join(value) if isinstance(value, list) else value for key, value in entry.items()}
    return render(
        request,
        "watchlist_term.html",
        status=status,
        number=number,
        name=name,
        is_own=name in own,
        values=values,
        sentences=sentences,
        tried=tried,
        problems=problems,
        severities=SEVERITIES,
    )


async def rule_page(request: web.Request) -> web.StreamResponse:
    """One rule, or a new one."""
    console = console_of(request)
    _number, text = await newest_text(console)
    rule = _asked(request, {rule.id: rule for rule in checked(console, text).rules})
    entry = rule_entry(rule) if rule else {"severity": "medium", "when": {"mentions": 1}}
    return await _rule(request, rule.id if rule else "", entry, "", (), {})


async def put_rule(request: web.Request) -> web.StreamResponse:
    """A rule is added or changed, or tried; packaged ones are written out first."""
    console, filled = console_of(request), await read_form(request, RuleForm)
    if filled.form is None:
        raise web.HTTPBadRequest
    form = filled.form
    _number, text = await newest_text(console)
    entry, problems = form.given(), entry_problems(console, "rules", form.given())
    if not form.name and entry["id"] in {rule.id for rule in checked(console, text).rules}:
        problems |= {"id": Message(FIELDS["id"])}
    edits = (*rules_taken_over(text), put("rules", form.name, entry))
    if problems or form.do == "try":
        tried, problems = await _try(request, text, edits, form.sentences, problems)
        return await _rule(request, form.name, entry, form.sentences, tried, problems, 422 if problems else 200)
    return await show_edit(request, form.base, *edits)


async def _rule(
    request: web.Request,
    name: str,
    entry: Entry,
    sentences: str,
    tried: Sequence[WordsTried],
    problems: Mapping[str, Message],
    status: int = 200,
) -> web.StreamResponse:
    console = console_of(request)
    number, text = await newest_text(console)
    return render(
        request,
        "watchlist_rule.html",
        status=status,
        number=number,
        name=name,
        entry=entry,
        term_ids=[term.id for term in checked(console, text).terms],
        has_rules=has_section(text, "rules"),
        sentences=sentences,
        tried=tried,
        problems=problems,
        severities=SEVERITIES,
    )


async def _try(
    request: web.Request, text: str, edits: Sequence[Edit], sentences: str, problems: dict[str, Message]
) -> tuple[tuple[WordsTried, ...], dict[str, Message]]:
    """What the changed watchlist finds in sentences; nothing while something is wrong with it."""
    console = console_of(request)
    if problems:
        return (), problems
    try:
        for edit in edits:
            text = apply_edit(text, "watchlist", edit)
        checked(console, text)
    except ConfigError as problem:
        return (), {"id": Message("%(problem)s", problem=str(problem))}
    return await console.works.watching.try_words(text, tuple(lines_of(sentences)[:MOST_SENTENCES])), {}


def _term_entry(term: Term) -> dict[str, Any]:
    return {"id": term.id, "any": list(term.any), "patterns": list(term.patterns)}


def _asked(request: web.Request, known: Mapping[str, T]) -> T | None:
    """What the address names; None for a new one."""
    name = request.query.get("id", "")
    if name and name not in known:
        raise web.HTTPNotFound
    return known.get(name)
