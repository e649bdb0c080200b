"""``haechi recipients``: who gets summaries and notices. Two persons put an address on the list, one takes it off."""

from datetime import timedelta

import click

from config.channels import channel_mails
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
from crawler.output import print_json, stdout
from crawler.rows import Row, time
from evidence.case import Staff
from evidence.delivery import RECIPIENT, Delivery, Recipient, checked_address, checked_scope, recipient_code
from evidence.errors import ConfigError
from storage.custody import Custody
from storage.deliveries import all_deliveries
from storage.mongo import Store
from storage.recipients import all_recipients, drop, put_on, recipient_id, write_down

DAYS_BACK = 14


@click.group()
def recipients() -> None:
    """Keep the list of those who get summaries and notices. Every change is in the custody log first."""


@recipients.command()
@click.argument("address", required=False)
@click.option("--for", "scope", help="national, operator, or an office. Example: --for office:B10")
@click.option("--lang", type=click.Choice(["ko", "en"]), help="Of the mails; HAECHI_LANG otherwise. Example: --lang en")
@click.option("--notices", "gets_notices", is_flag=True, help="Notices too, within minutes. Example: --notices")
@propose_option
@approve_option
@alone_option
@json_option
def add(
    address: str | None,
    scope: str | None,
    lang: str | None,
    gets_notices: bool,
    is_proposal: bool,
    proposal: str | None,
    alone: str | None,
    as_json: bool,
) -> None:
    """Put an address on the list, within the domains of HAECHI_MAIL_DOMAINS.

    Example: haechi recipients add kim@sen.example --for office:B10 --propose
    """
    check_ways(address, is_proposal=is_proposal, proposal=proposal, alone=alone)
    settings = load_settings()
    if address is not None:
        address = checked_address(address, settings.domains, channel_mails(settings.data_dir))
        scope = checked_scope(scope or "")

    async def work(store: Store, custody: Custody, staff: Staff) -> Row:
        name = proposal
        if name is not None:
            await approved(store, custody, staff, name, RECIPIENT)
        else:
            written = await write_down(
                store, str(address), str(scope), lang or settings.lang, now(), gets_notices=gets_notices
            )
            about = recipient_code(written.id, written.scope, written.lang, gets_notices=written.gets_notices)
            wish = Wish(act=RECIPIENT, about=about, reason="on the list of recipients", alone=alone)
            made = await make_proposal(store, custody, staff, wish)
            if not alone:
                return proposal_row(made)
            name = made.id
        return recipient_row(await put_on(store, custody, staff, name, now()))

    row = run_logged(work)
    if "act" in row:
        print_proposal(row, "recipients add", as_json)
    else:
        print_json(row) if as_json else stdout.print(f"✓ {row['id']} gets {row['scope']}", markup=False)


@recipients.command("list")
@click.option("--deliveries", is_flag=True, help="What was sent to them in 14 days. Example: --deliveries")
@json_option
def list_recipients(deliveries: bool, as_json: bool) -> None:
    """List everybody on the list, newest first.

    Example: haechi recipients list
    """

    async def work(store: Store, staff: Staff) -> list[Row]:
        if deliveries:
            since = now() - timedelta(days=DAYS_BACK)
            return [delivery_row(one) for one in await all_deliveries(store, since, now())]
        return [recipient_row(one) for one in await all_recipients(store, now())]

    rows = run_reading(work)
    for row in rows:
        print_json(row) if as_json else stdout.print("  ".join(str(value) for value in row.values()), markup=False)
    if not rows and not as_json:
        stdout.print("nobody yet: `haechi recipients add` puts somebody on the list", markup=False)


@recipients.command("drop")
@click.argument("name", metavar="ID|ADDRESS")
@click.option("--for", "scope", help="With an address: which of its scopes. Example: --for national")
@json_option
def drop_recipient(name: str, scope: str | None, as_json: bool) -> None:
    """Take somebody off the list, at once; what is due to them is not sent any more.

    Example: haechi recipients drop recipient-1f2e3d4c5b6a
    """
    if "@" in name and scope is None:
        raise ConfigError("--for is needed with an address: which of its scopes")

    async def work(store: Store, custody: Custody, staff: Staff) -> Row:
        found = recipient_id(store.cipher, name, checked_scope(str(scope))) if "@" in name else name
        return recipient_row(await drop(store, custody, staff, found, now()))

    row = run_logged(work)
    print_json(row) if as_json else stdout.print(f"✓ {row['id']} is off the list", markup=False)


def recipient_row(found: Recipient) -> Row:
    """A line of the list."""
    return {
        "id": found.id,
        "address": found.address,
        "scope": found.scope,
        "lang": found.lang,
        "notices": found.gets_notices,
        "state": "active" if found.is_active else "proposed",
        "added_at": time(found.added_at),
    }


def delivery_row(found: Delivery) -> Row:
    """A line of the ledger."""
    late_s = None if found.sent_at is None else round((found.sent_at - found.due_at).total_seconds())
    return {
        "delivery": found.key,
        "what": found.what,
        "version": found.version,
        "to": found.to,
        "form": found.form,
        "state": str(found.state),
        "due_at": time(found.due_at),
        "sent_at": time(found.sent_at),
        "late_s": late_s,
        "attempts": found.attempts,
        "problem": found.problem,
    }
