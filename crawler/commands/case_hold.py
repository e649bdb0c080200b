"""``haechi case hold|release``: what belongs to a held case is neither erased nor does its time run out."""

import click

from crawler.assemble import now
from crawler.commands.options import json_option
from crawler.commands.running import run_logged
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
from crawler.moments import parse_day
from crawler.output import print_json, stdout
from crawler.rows import Row, time
from evidence.approval import HOLD, RELEASE
from evidence.case import Staff, check_case_id
from evidence.errors import ConfigError
from evidence.legal_hold import LegalHold, hold_code
from storage.custody import Custody
from storage.legal_holds import check_held, check_holdable, hold_case, release_case
from storage.mongo import Store

reason_option = click.option("--reason", help="In words; sealed, in the log by commitment. Example: --reason 'trial'")


@click.command("hold")
@click.argument("name", metavar="CASE", required=False)
@click.option("--until", help="When it is looked at again; it goes on until lifted. Example: --until 2027-05-01")
@reason_option
@propose_option
@approve_option
@alone_option
@json_option
def hold(
    name: str | None,
    until: str | None,
    reason: str | None,
    is_proposal: bool,
    proposal: str | None,
    alone: str | None,
    as_json: bool,
) -> None:
    """Hold a case: nothing in it is erased, and no time of it runs out.

    Example: haechi case hold case-1f2e3d4c --until 2027-05-01 --reason 'trial 2026-12' --propose
    """
    check_ways(name, is_proposal=is_proposal, proposal=proposal, alone=alone)
    if proposal is None and (until is None or reason is None):
        raise ConfigError("--until and --reason are needed: a hold has a day on which it is looked at again")
    if name:
        check_case_id(name)
    about = hold_code(str(name), parse_day(until, "--until")) if until else ""
    _do(Wish(act=HOLD, about=about, reason=reason or "", alone=alone), name, proposal, as_json)


@click.command("release")
@click.argument("name", metavar="CASE", required=False)
@reason_option
@propose_option
@approve_option
@alone_option
@json_option
def release(
    name: str | None, reason: str | None, is_proposal: bool, proposal: str | None, alone: str | None, as_json: bool
) -> None:
    """Lift the hold of a case.

    Example: haechi case release case-1f2e3d4c --reason 'trial ended' --propose
    """
    check_ways(name, is_proposal=is_proposal, proposal=proposal, alone=alone)
    if proposal is None and reason is None:
        raise ConfigError("--reason is needed")
    about = check_case_id(name) if name else ""
    _do(Wish(act=RELEASE, about=about, reason=reason or "", alone=alone), name, proposal, as_json)


def _do(wish: Wish, case: str | None, proposal: str | None, as_json: bool) -> None:
    async def work(store: Store, custody: Custody, staff: Staff) -> Row:
        name = proposal
        if name is not None:
            await approved(store, custody, staff, name, wish.act)
        else:
            await _check(store, wish.act, str(case))
            made = await make_proposal(store, custody, staff, wish)
            if not wish.alone:
                return proposal_row(made)
            name = made.id
        act = hold_case if wish.act == HOLD else release_case
        return _hold_row(await act(store, custody, staff, name, now()))

    row = run_logged(work)
    if "proposal" in row:
        print_proposal(row, f"case {wish.act}", as_json)
    else:
        state = "is released" if row["released_at"] else f"is held until {row['until']}, and on until it is released"
        print_json(row) if as_json else stdout.print(f"✓ {row['case']} {state}", markup=False)


async def _check(store: Store, act: str, case: str) -> None:
    if act == HOLD:
        await check_holdable(store, case)
    else:
        await check_held(store, case)


def _hold_row(hold: LegalHold) -> Row:
    return {
        "case": hold.case,
        "held_at": time(hold.held_at),
        "until": hold.until.isoformat(),
        "proposed_by": hold.proposed_by,
        "approved_by": hold.approved_by,
        "alone": hold.is_alone,
        "released_at": time(hold.released_at),
    }
