"""What a delivery of a summary holds: the mail of a released version, its corrections, or the health of a day.

Built from what was released and from the delivery's own times alone: a second attempt sends the same bytes.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from config.channels import channel_mails
from crawler.delivery_plan import WEBHOOK, Courier, day_as_of, digest_for, reader_of
from crawler.summaries import office_names
from evidence.delivery import NATIONAL, Delivery, Recipient, State, checked_address
from evidence.errors import ConfigError, StorageError
from pipelines.digest import Digest, page_of
from pipelines.digest.differences import Difference, differences
from pipelines.digest.mail import mail_of
from pipelines.digest.markdown import to_text
from pipelines.digest.schema import read_json
from pipelines.digest.words import Lang
from storage.deliveries import all_deliveries
from storage.mongo import Store
from storage.recipients import find_recipient
from storage.releases import Release, releases

WEEK = timedelta(days=7)
HEALTH = ("watch", "gaps", "quality", "checkpoint", "custody")
"""Sections that an operator gets: nothing of what anybody wrote."""
WORDS = {
    "ko": {
        "correction": "정정 {version}판",
        "lead": "이전 판과 다른 값 (항목: 이전 → 지금)",
        "file": "corrections.txt",
        "health": "운영 상태",
        "open": "지난 7일 동안 전달되지 않은 것: {number}건",
        "problem": "보내지 않음: {problem}",
        "late": "예정보다 {days}일 늦게 만들었습니다.",
    },
    "en": {
        "correction": "Correction, version {version}",
        "lead": "Values that differ from the version before (field: before → now)",
        "file": "corrections.txt",
        "health": "Health",
        "open": "Not delivered in the last 7 days: {number}",
        "problem": "Not sent: {problem}",
        "late": "Made {days} days later than planned.",
    },
}


# ------------------------------------------------------------------ from the store


async def receiver_of(courier: Courier, delivery: Delivery) -> Recipient:
    """Whoever gets it, if they still may.

    Raises:
        ConfigError: they are not on the list any more, or may not be written to.
    """
    found = await find_recipient(courier.store, delivery.to)
    if not found.is_active:
        raise ConfigError(f"{found.id}: nobody approved this recipient")
    checked_address(found.address, courier.settings.domains, channel_mails(courier.settings.data_dir))
    return found


async def summary_content(courier: Courier, delivery: Delivery) -> EmailMessage | bytes:
    """What a delivery of a released summary holds."""
    found, corrections = await _released(courier.store, delivery)
    if delivery.form == WEBHOOK:
        return summary_body(found, corrections, delivery)
    recipient = await receiver_of(courier, delivery)
    lang = lang_of(recipient.lang)
    message = await asyncio.to_thread(summary_mail, found, corrections, lang, office_names(lang))
    return addressed(message, delivery, recipient, courier.settings.mail_from or "")


async def _released(store: Store, delivery: Delivery) -> tuple[Release, tuple[Difference, ...]]:
    versions = {one.version: one for one in await releases(store, delivery.what.removeprefix("summary "))}
    if delivery.version not in versions:
        raise StorageError(f"{delivery.what}: version {delivery.version} was never given out")
    found, before = versions[delivery.version], versions.get(delivery.version - 1)
    return found, differences(json.loads(before.content), json.loads(found.content)) if before else ()


async def health_content(courier: Courier, delivery: Delivery) -> EmailMessage | bytes:
    """How a day went for this installation, as known when it was planned."""
    recipient, at = await receiver_of(courier, delivery), delivery.due_at
    day = date.fromisoformat(delivery.what.rpartition(" ")[2])
    digest = await digest_for(courier, await day_as_of(courier, day, at), reader_of(NATIONAL))
    broken = [check.name for check in digest.checks if not check.holds]
    failed = sum(one.state is State.FAILED for one in await all_deliveries(courier.store, at - WEEK, at))
    late_days = (at - datetime.fromisoformat(digest.ends_at)) // timedelta(days=1)
    message = health_mail(digest, lang_of(recipient.lang), failed, broken, late_days)
    return addressed(message, delivery, recipient, courier.settings.mail_from or "")


# ------------------------------------------------------------------ written


def lang_of(text: str) -> Lang:
    """A language of summaries."""
    return "en" if text == "en" else "ko"


def summary_mail(
    found: Release, corrections: Sequence[Difference], lang: Lang, offices: Mapping[str, str]
) -> EmailMessage:
    """The mail of a released version, with what it corrects."""
    words, digest = WORDS[lang], read_json(found.content)
    message = mail_of(digest, lang, offices, found.version)
    if not corrections:
        return message
    subject = f"[Haechi] {words['correction'].format(version=found.version)} · {digest.day}"
    message.replace_header("Subject", subject)
    message.add_attachment(diff_text(corrections, lang), filename=words["file"], cte="base64")
    return message


def diff_text(corrections: Sequence[Difference], lang: Lang) -> str:
    """What was corrected, a line each."""
    lines = [f"{one.where}: {one.before} → {one.after}" for one in corrections]
    return "\n".join([WORDS[lang]["lead"], "", *lines, ""])


def summary_body(found: Release, corrections: Sequence[Difference], delivery: Delivery) -> bytes:
    """The same for a program."""
    body = {
        "form": 1,
        "kind": "summary",
        "delivery": delivery.key,
        "version": found.version,
        "summary": json.loads(found.content),
        "corrections": [{"where": one.where, "before": one.before, "after": one.after} for one in corrections],
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


def health_mail(
    digest: Digest, lang: Lang, open_deliveries: int, problems: Sequence[str], late_days: int
) -> EmailMessage:
    """How a day went for this installation: coverage, gaps, quality, deliveries; no posts, no flags."""
    page, words = page_of(digest, lang, {}), WORDS[lang]
    lines = [words["open"].format(number=open_deliveries)]
    lines += [words["problem"].format(problem=problem) for problem in problems]
    lines += [words["late"].format(days=late_days)] if late_days else []
    own = tuple(section for section in page.sections if section.key in HEALTH)
    title = f"{page.title} · {words['health']}"
    shown = replace(page, title=title, sentences=tuple(lines), sections=own, warning="")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"[Haechi] {title}"
    message["Content-Language"] = lang
    message.set_content(to_text(shown), charset="utf-8", cte="base64")
    return message


def addressed(message: EmailMessage, delivery: Delivery, recipient: Recipient, sender: str) -> EmailMessage:
    """Give a mail its headers; they follow from the delivery, and so do its boundaries.

    Raises:
        ConfigError: an address would break a header.
    """
    host = sender.rpartition("@")[2].strip("> ")
    try:
        message["From"] = sender
        message["To"] = recipient.address
    except ValueError:
        raise ConfigError(f"{recipient.id}: an address holds what no header may") from None
    message["Date"] = format_datetime(delivery.due_at)
    message["Message-ID"] = f"<haechi-{delivery.key}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{delivery.key}_{number}")
    return message


def sha256_of(message: EmailMessage | bytes) -> str:
    """Of what is handed over."""
    return hashlib.sha256(message if isinstance(message, bytes) else message.as_bytes()).hexdigest()
