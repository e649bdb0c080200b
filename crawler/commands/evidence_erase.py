"""``haechi evidence erase``, ``find`` and ``holds``: the desk at which somebody asks that a thing be gone."""

import click

from config.settings import load_settings
from crawler.assemble import now
from crawler.commands.options import json_option
from crawler.commands.running import run_logged, run_reading
from crawler.commands.two_persons import (
    Wish,
    alone_option,
    approve_option,
    approved,
    check_ways,
    make_proposal,
    print_proposal,
    proposal_row,
    propose_option,
)
from crawler.erasing import erase_certified, eraser_for
from crawler.output import print_json, stdout
from crawler.rows import Row, time
from evidence.approval import ERASE
from evidence.case import Staff
from evidence.checkpoint import Files
from evidence.erasure import Basis, Requester, about_code
from evidence.errors import ConfigError
from storage.custody import Custody
from storage.erasure import check_erasable
from storage.erasure_copies import quoted_in
from storage.erasure_find import Found, find_posts, parse_post_address
from storage.legal_holds import all_holds
from storage.mongo import Store


@click.command("erase")
@click.argument("name", metavar="ID", required=False)
@click.option("--basis", type=click.Choice(list(map(str, Basis))), help="On which ground. Example: --basis pipa-36")
@click.option(
    "--requested-by",
    "requester",
    type=click.Choice(list(map(str, Requester))),
    help="Who wants it. Example: --requested-by victim",
)
@click.option("--reason", help="In words; sealed, in the log by commitment. Example: --reason 'letter of 2026-11-20'")
@propose_option
@approve_option
@alone_option
@json_option
def erase(
    name: str | None,
    basis: str | None,
    requester: str | None,
    reason: str | None,
    is_proposal: bool,
    proposal: str | None,
    alone: str | None,
    as_json: bool,
) -> None:
    """Erase a post with all of its sealed revisions; prints the certificate. It cannot be taken back.

    Example: haechi evidence erase 1900000505:15 --basis pipa-36 --requested-by victim --reason 'letter 12' --propose
    """
    check_ways(name, is_proposal=is_proposal, proposal=proposal, alone=alone)
    if proposal is not None:
        print_json(run_logged(lambda store, custody, staff: _approve(store, custody, staff, proposal)))
        return
    if basis is None or requester is None or reason is None:
        raise ConfigError("--basis, --requested-by and --reason are needed: each stands behind the erasure")
    ground = (Basis(basis), Requester(requester), reason)
    row = run_logged(lambda store, custody, staff: _propose(store, custody, staff, str(name), ground, alone))
    print_json(row) if alone else _print_proposal(row, as_json)


async def _approve(store: Store, custody: Custody, staff: Staff, proposal: str) -> Row:
    await approved(store, custody, staff, proposal, ERASE)
    return await _erase(store, custody, staff, proposal)


async def _erase(store: Store, custody: Custody, staff: Staff, proposal: str) -> Row:
    eraser = eraser_for(custody, Files(folder=load_settings().data_dir), now)
    return await erase_certified(store, eraser, staff, proposal)


async def _propose(
    store: Store, custody: Custody, staff: Staff, name: str, ground: tuple[Basis, Requester, str], alone: str | None
) -> Row:
    """A proposal, or, by one person alone, the certificate."""
    basis, requester, reason = ground
    gone = await check_erasable(store, name, now())
    quoted = await quoted_in(store, gone, now())
    wish = Wish(act=ERASE, about=about_code(gone.post, basis, requester), reason=reason, alone=alone)
    made = await make_proposal(store, custody, staff, wish)
    if alone:
        return {**await _erase(store, custody, staff, made.id), "may_be_quoted_in": list(quoted)}
    return {**proposal_row(made), "items": list(gone.items), "may_be_quoted_in": list(quoted)}


def _print_proposal(row: Row, as_json: bool) -> None:
    print_proposal(row, "evidence erase", as_json)
    if not as_json:
        stdout.print(f"  it covers {', '.join(row['items']) or 'a post without sealed items'}", markup=False)
        for name in row["may_be_quoted_in"]:
            stdout.print(f"  {name} answers it and may quote its beginning: to be decided by itself", markup=False)


@click.command("find")
@click.option("--address", required=True, help="Of a post or a room. Example: --address https://t.me/room/15")
@json_option
def find(address: str, as_json: bool) -> None:
    """List what is kept under an address: ids, no text.

    Example: haechi evidence find --address https://t.me/room/15
    """
    source, native_id = parse_post_address(address)
    found = run_reading(lambda store, staff: find_posts(store, source, native_id, now()))
    for one in found:
        row = _found_row(one)
        words = f"{one.post}  {row['at']}  {', '.join(one.items) or 'nothing sealed'}"
        words += f"  erased: {', '.join(one.erased)}" if one.erased else ""
        words += f"  held for {', '.join(one.hold)}" if one.hold else ""
        print_json(row) if as_json else stdout.print(words, markup=False)
    if not found and not as_json:
        stdout.print("nothing is kept under this address; pages as received leave after 7 days", markup=False)


def _found_row(one: Found) -> Row:
    return {
        "post": one.post,
        "source": one.source,
        "at": time(one.at),
        "kept": one.is_kept,
        "items": list(one.items),
        "erased": list(one.erased),
        "hold": list(one.hold),
    }


@click.command("holds")
@json_option
def holds(as_json: bool) -> None:
    """List the cases that are held; those held for over 180 days or past their day are marked.

    Example: haechi evidence holds
    """
    found = run_reading(lambda store, staff: all_holds(store, now()))
    for hold in found:
        why = hold.why_listed(now())
        row: Row = {
            "case": hold.case,
            "held_at": time(hold.held_at),
            "until": hold.until.isoformat(),
            "look_at": list(why),
        }
        row |= {"proposed_by": hold.proposed_by, "approved_by": hold.approved_by, "alone": hold.is_alone}
        mark = f"  ! {', '.join(why)}: still needed?" if why else ""
        words = f"{hold.case}  since {row['held_at']}  until {row['until']}{mark}"
        print_json(row) if as_json else stdout.print(words, markup=False)
    if not found and not as_json:
        stdout.print("no case is held", markup=False)
