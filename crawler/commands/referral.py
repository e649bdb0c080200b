"""``haechi referral``: drafts for bodies outside. A person sends them; here it is drafted, approved and recorded."""

from datetime import timedelta

import click

from config.channels import load_channels
from config.settings import load_settings
from crawler.assemble import now
from crawler.commands.options import json_option
from crawler.commands.running import run_logged, run_reading
from crawler.moments import parse_moment
from crawler.output import print_json, stderr, stdout
from crawler.package_leave import FEWEST
from crawler.referrals import Drafted, Wanted, draft_referral
from crawler.rows import Row, time
from evidence.case import Staff, check_case_id
from evidence.errors import ConfigError
from evidence.referral import Channel, ReferralDraft, Result
from evidence.shown import shown
from storage.approvals import approve_alone
from storage.custody import Custody
from storage.mongo import Store
from storage.people import all_people
from storage.referral_forms import Sending
from storage.referrals import (
    all_referrals,
    approve_referral,
    find_referral,
    read_letter,
    record_result,
    record_sent,
    settle_approval,
    withdraw,
)

RESULTS = [str(result) for result in Result]


@click.group()
def referral() -> None:
    """Draft for police, regulator, victim support and others. Nothing is sent from here: a person does."""


@referral.command()
@json_option
def channels(as_json: bool) -> None:
    """List the bodies, as of today; those that nobody verified in 90 days in red.

    Example: haechi referral channels
    """
    today = now().date()
    for channel in load_channels(load_settings().data_dir):
        row = channel_row(channel)
        row["valid"], row["unverified"] = channel.holds(today), channel.is_unverified(today)
        if as_json:
            print_json(row)
            continue
        state = "not valid now" if not row["valid"] else f"UNVERIFIED since {channel.verified}"
        style = "red" if row["unverified"] else ""
        state = state if row["unverified"] or not row["valid"] else f"verified {channel.verified}"
        stdout.print(f"{channel.id:<24} {state:<30} {channel.name.en}; {channel.address.en}", style=style, markup=False)


@referral.command()
@click.option("--case", "case", required=True, help="Whose confirmed posts. Example: --case case-1f2e3d4c")
@click.option("--to", "to", required=True, help="A body, see `channels`. Example: --to regulator")
@click.option("--lang", type=click.Choice(["ko", "en"]), default="ko", show_default=True, help="Example: --lang en")
@click.option("--urgent", "is_urgent", is_flag=True, help="Child safety: no word of the posts. Example: --urgent")
@click.option("--reason", default="referral of a case", help="For whoever approves; sealed. Example: --reason asked")
@json_option
def draft(case: str, to: str, lang: str, is_urgent: bool, reason: str, as_json: bool) -> None:
    """Draft a referral and propose that it is sent; another person approves.

    Example: haechi referral draft --case case-1f2e3d4c --to regulator
    """
    settings = load_settings()
    wanted = Wanted(case=check_case_id(case), to=to, lang=lang, is_urgent=is_urgent, reason=reason)

    async def work(store: Store, custody: Custody, staff: Staff) -> Drafted:
        return await draft_referral(store, custody, settings, staff, wanted, now())

    made = run_logged(work)
    if made.channel.is_unverified(now().date()):
        words = f"! {made.channel.id} was verified last on {made.channel.verified}: check its address before it is sent"
        stderr.print(words, style="red", markup=False)
    if as_json:
        print_json({**referral_row(made.referral), "left_out": made.left_out})
        return
    stdout.print(f"✓ {made.referral.id}: {len(made.referral.posts)} posts for {to}; left out: {made.left_out}")
    stdout.print(
        f"  haechi referral show {made.referral.id}   another person: haechi referral approve {made.referral.id}"
    )


@referral.command()
@click.argument("name", metavar="ID")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show a referral with its text, as a person sends it.

    Example: haechi referral show referral-1f2e3d4c5b6a
    """

    async def work(store: Store, staff: Staff) -> tuple[ReferralDraft, dict[str, str]]:
        found = await find_referral(store, staff, name)
        return found, await read_letter(store, name)

    found, letter = run_reading(work)
    if as_json:
        print_json({**referral_row(found), **letter})
        return
    stdout.print(f"{found.id}  {found.stage}  {found.to}  {time(found.drafted_at)}", markup=False)
    stdout.print(shown(letter["subject"]), markup=False)
    for line in letter["body"].split("\n"):
        stdout.print(line, markup=False)


@referral.command()
@click.argument("name", metavar="ID")
@click.option("--alone", is_flag=True, help="Without a second person, where there is none; logged. Example: --alone")
@json_option
def approve(name: str, alone: bool, as_json: bool) -> None:
    """Agree that it is sent as it stands: another person than who drafted it.

    Example: haechi referral approve referral-1f2e3d4c5b6a
    """

    async def work(store: Store, custody: Custody, staff: Staff) -> ReferralDraft:
        if not alone:
            return await approve_referral(store, custody, staff, name, now())
        people = [person for person in await all_people(store, now()) if person.disabled_at is None]
        if len(people) >= FEWEST:
            raise ConfigError(f"--alone: {len(people)} people are registered here: another one approves")
        found = await find_referral(store, staff, name)
        await approve_alone(store, custody, staff, found.proposal, now())
        return await settle_approval(store, custody, staff, found, now())

    _tell(run_logged(work), as_json, "is approved: a person may send it, then: haechi referral sent ID --how …")


@referral.command()
@click.argument("name", metavar="ID")
@click.option("--how", required=True, help="By which way. Example: --how 'web form'")
@click.option("--receipt", default="", help="The number that they gave. Example: --receipt 2026-1234")
@click.option("--at", "at", help="When, if not now. Example: --at 2026-11-22T09:30:00Z")
@json_option
def sent(name: str, how: str, receipt: str, at: str | None, as_json: bool) -> None:
    """Record that you sent it.

    Example: haechi referral sent referral-1f2e3d4c5b6a --how 'web form' --receipt 2026-1234
    """

    async def work(store: Store, custody: Custody, staff: Staff) -> ReferralDraft:
        sending = Sending(at=parse_moment(at, now(), "--at") if at else now(), how=how, receipt=receipt)
        return await record_sent(store, custody, staff, name, sending, now())

    _tell(run_logged(work), as_json, "is recorded as sent; in 24, 48 and 72 hours it is looked whether it is gone")


@referral.command()
@click.argument("name", metavar="ID")
@click.argument("result", type=click.Choice(RESULTS))
@json_option
def outcome(name: str, result: str, as_json: bool) -> None:
    """Record what the body did; `under-way` says that they received it.

    Example: haechi referral outcome referral-1f2e3d4c5b6a removed
    """
    changed = run_logged(lambda store, log, staff: record_result(store, log, staff, name, Result(result), now()))
    _tell(changed, as_json, f"came to: {result}")


@referral.command("withdraw")
@click.argument("name", metavar="ID")
@json_option
def withdraw_referral(name: str, as_json: bool) -> None:
    """Withdraw what was not sent.

    Example: haechi referral withdraw referral-1f2e3d4c5b6a
    """
    _tell(run_logged(lambda store, log, staff: withdraw(store, log, staff, name, now())), as_json, "is withdrawn")


@referral.command("list")
@json_option
def list_referrals(as_json: bool) -> None:
    """List referrals, newest first.

    Example: haechi referral list
    """
    rows = run_reading(lambda store, staff: all_referrals(store, staff, now() + timedelta(days=1)))
    for row in map(referral_row, rows):
        words = f"{row['id']}  {row['stage']:<9}  {row['to']:<22} {len(row['posts'])} posts  {row['drafted_at']}"
        print_json(row) if as_json else stdout.print(words, markup=False)
    if not rows and not as_json:
        stdout.print("no referrals yet: `haechi referral draft --case CASE --to BODY`", markup=False)


def _tell(found: ReferralDraft, as_json: bool, words: str) -> None:
    print_json(referral_row(found)) if as_json else stdout.print(f"✓ {found.id} {words}", markup=False)


def referral_row(found: ReferralDraft) -> Row:
    """A referral without its text."""
    return {
        "id": found.id,
        "case": found.case,
        "to": found.to,
        "profile": found.profile,
        "stage": str(found.stage),
        "urgent": found.is_urgent,
        "posts": list(found.posts),
        "drafted_at": time(found.drafted_at),
        "drafted_by": found.drafted_by,
        "approved_at": time(found.approved_at),
        "approved_by": found.approved_by,
        "sent_at": time(found.sent_at),
        "sent_by": found.sent_by,
        "how": found.how,
        "receipt": found.receipt,
        "result": str(found.result) if found.result else None,
        "outcome_at": time(found.outcome_at),
        "review_due_at": time(found.review_due_at),
        "upstream": [{"post": one.post, "hours": one.hours, "seen": str(one.seen)} for one in found.upstream],
    }


def channel_row(channel: Channel) -> Row:
    """A body of the registry."""
    return {
        "id": channel.id,
        "name": {"ko": channel.name.ko, "en": channel.name.en},
        "formerly": list(channel.formerly),
        "address": {"ko": channel.address.ko, "en": channel.address.en},
        "accepts": {"ko": channel.accepts.ko, "en": channel.accepts.en},
        "profile": channel.profile,
        "urgent": channel.is_urgent,
        "valid_from": channel.valid_from.isoformat() if channel.valid_from else None,
        "valid_to": channel.valid_to.isoformat() if channel.valid_to else None,
        "verified": channel.verified.isoformat(),
        "source": channel.source,
    }
