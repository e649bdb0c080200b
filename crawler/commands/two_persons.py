"""How a command line asks for two persons: one proposes, another approves; or one alone, which is logged."""

from dataclasses import dataclass

import click

from crawler.assemble import now
from crawler.output import print_json, stdout
from crawler.package_leave import FEWEST
from crawler.rows import Row, time
from evidence.approval import Proposal
from evidence.case import Staff
from evidence.errors import ConfigError
from storage.approvals import approve, approve_alone, find_proposal, propose
from storage.custody import Custody
from storage.mongo import Store
from storage.people import all_people

propose_option = click.option(
    "--propose", "is_proposal", is_flag=True, help="Only propose it; another person approves. Example: --propose"
)
approve_option = click.option(
    "--approve", "proposal", help="Approve what another person proposed, and do it. Example: --approve proposal-1f2e…"
)
alone_option = click.option(
    "--alone", metavar="REASON", help="Do it without a second person; logged as such. Example: --alone 'nobody on duty'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Something for two persons, as the options say it."""

    act: str
    about: str
    reason: str
    alone: str | None = None


def check_ways(subject: object, *, is_proposal: bool, proposal: str | None, alone: str | None) -> None:
    """See that exactly one way was chosen.

    Raises:
        ConfigError: none, several, or one without what it needs.
    """
    ways = [name for name, given in (("--propose", is_proposal), ("--approve", proposal), ("--alone", alone)) if given]
    if len(ways) != 1:
        raise ConfigError(
            "two persons do this: --propose by one, --approve PROPOSAL by another;"
            f" or --alone REASON, which is logged; given: {', '.join(ways) or 'none of them'}"
        )
    if proposal is None and not subject:
        raise ConfigError(f"{ways[0]}: what about? An id is missing")
    if proposal is not None and subject:
        raise ConfigError("--approve takes a proposal alone: what it is about was proposed")


async def make_proposal(store: Store, custody: Custody, staff: Staff, wish: Wish) -> Proposal:
    """Propose it; where one person does it alone, approve it as such too.

    Raises:
        ConfigError: somebody does it alone although others are registered.
    """
    if wish.alone:
        people = [person for person in await all_people(store, now()) if person.disabled_at is None]
        if len(people) >= FEWEST:
            raise ConfigError(f"--alone: {len(people)} people are registered here: --propose it, another one approves")
    words = f"{wish.reason}\nalone: {wish.alone}" if wish.alone else wish.reason
    proposal = await propose(store, custody, staff, wish.act, wish.about, words, now())
    return await approve_alone(store, custody, staff, proposal.id, now()) if wish.alone else proposal


async def approved(store: Store, custody: Custody, staff: Staff, proposal: str, act: str) -> Proposal:
    """Approve what another person proposed; one that is approved already is taken up.

    Raises:
        ConfigError: it is for another act, or this person cannot approve it.
    """
    found = await find_proposal(store, proposal)
    if found.act != act:
        raise ConfigError(f"{proposal} is for {found.act}, not for {act}")
    if found.state(now()) == "approved":
        return found
    return await approve(store, custody, staff, proposal, now())


def proposal_row(proposal: Proposal) -> Row:
    """What was proposed; its reason stays sealed."""
    return {
        "proposal": proposal.id,
        "act": proposal.act,
        "about": proposal.about,
        "proposed_by": proposal.proposed_by,
        "expires_at": time(proposal.expires_at),
    }


def print_proposal(row: Row, command: str, as_json: bool) -> None:
    """Say how it goes on."""
    if as_json:
        print_json(row)
        return
    stdout.print(f"✓ {row['proposal']}: {row['act']} of {row['about']} is proposed", markup=False)
    stdout.print(
        f"  another person, under an account of their own, until {row['expires_at']}:"
        f" haechi {command} --approve {row['proposal']}",
        markup=False,
    )
