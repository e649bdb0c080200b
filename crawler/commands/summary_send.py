"""``haechi summary --send``: a day's summaries to everybody on the list who did not get them yet."""

import asyncio
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from config.settings import Settings
from crawler.assemble import evidence_store, now
from crawler.commands.recipients import delivery_row
from crawler.database import database
from crawler.delivery import WRITERS, check_configured, send_due
from crawler.delivery_plan import Courier, Planned, due_day, plan_day, zone_of
from crawler.output import print_json, stderr, stdout, warn_of_practice
from evidence.checkpoint import Files
from evidence.delivery import OFFICE, Delivery, State
from evidence.errors import ConfigError, StorageError
from storage.custody import open_custody
from storage.deliveries import ask_again, deliveries_of
from storage.practice import is_practice


def send_summaries(
    settings: Settings, asked: date | None, office: str | None, out: Path | None, *, as_json: bool
) -> None:
    """Plan and send a day's summaries; with ``out`` write what would be sent there, and send nothing.

    Raises:
        ConfigError: nothing can be sent from here, or a summary may not be given out.
        StorageError: something was not delivered; it is tried again by the service.
    """
    if out is None:
        check_configured(settings)
    with database(settings) as uri:
        planned, sent = asyncio.run(_send(settings, uri, asked, office, out))
    for one in sent:
        words = f"{one.state}  {one.what} v{one.version}  {one.to}  {one.problem or ''}"
        print_json(delivery_row(one)) if as_json else stdout.print(words.rstrip(), markup=False)
    if planned.problems:
        raise ConfigError(*planned.problems)
    if not sent and not as_json:
        stdout.print("nobody to send it to: `haechi recipients add` puts somebody on the list", markup=False)
    if out is None and any(one.state is not State.SENT for one in sent):
        raise StorageError("not everything was delivered: `haechi recipients list --deliveries` says what and why")


async def _send(
    settings: Settings, uri: str, asked: date | None, office: str | None, out: Path | None
) -> tuple[Planned, list[Delivery]]:
    async with (
        evidence_store(settings, uri) as store,
        open_custody(store, now, Files(folder=settings.data_dir)) as custody,
    ):
        warn_of_practice(settings, await is_practice(store))
        courier = Courier(store=store, custody=custody, settings=settings, clock=now)
        day = asked or due_day(now(), await zone_of(store, settings), "00:00")
        planned = await plan_day(courier, day, f"{OFFICE}{office}" if office else None)
        if out is not None:
            await _write(courier, planned, out)
            return planned, list(planned.deliveries)
        for what in dict.fromkeys(one.what for one in planned.deliveries):
            await ask_again(store, what, now())
        await send_due(courier)
        known = {one.id for one in planned.deliveries}
        whats = dict.fromkeys(one.what for one in planned.deliveries)
        return planned, [one for what in whats for one in await deliveries_of(store, what) if one.id in known]


async def _write(courier: Courier, planned: Planned, out: Path) -> None:
    """As files: a mail for each receiver, to be looked at or carried away."""
    await asyncio.to_thread(out.mkdir, parents=True, exist_ok=True)
    for one in planned.deliveries:
        content = await WRITERS[one.what.partition(" ")[0]](courier, one)
        ending, written = ("eml", content.as_bytes()) if isinstance(content, EmailMessage) else ("json", content)
        path = out / f"{one.key}.{ending}"
        await asyncio.to_thread(path.write_bytes, written)
        stderr.print(f"{path}  {one.what}", markup=False)
