"""Notices as a mail or as JSON: kinds, codes of rooms, numbers, and a link into the console; no name, no text."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from zoneinfo import ZoneInfo

from crawler.delivery_content import addressed, receiver_of
from crawler.delivery_plan import WEBHOOK, Courier, zone_of
from evidence.custody import moment
from evidence.delivery import Delivery
from evidence.errors import StorageError
from evidence.notice import Kind, Notice
from storage.notices import read_notices_by_id

KINDS: Mapping[str, Mapping[Kind, str]] = {
    "ko": {
        Kind.SURGE: "방 인원이 빠르게 늘었습니다",
        Kind.GRAVE: "심각한 게시물이 표시되었습니다",
        Kind.RENAMED: "방 이름이 바뀌었습니다",
        Kind.MOVED: "방이 다른 곳으로 옮겨졌습니다",
        Kind.GONE: "방이 사라졌습니다",
        Kind.LIMITED: "읽기가 제한되었습니다",
        Kind.UNSEEN: "방을 오래 읽지 못했습니다",
        Kind.BACKLOG: "검토가 정한 시간보다 늦어지고 있습니다",
        Kind.SEARCH: "저장한 검색에 새 결과가 있습니다",
        Kind.UNDELIVERED: "전달되지 않은 것이 있습니다",
    },
    "en": {
        Kind.SURGE: "A room gained members fast",
        Kind.GRAVE: "A grave post was flagged",
        Kind.RENAMED: "A room has another title",
        Kind.MOVED: "A room moved",
        Kind.GONE: "A room is gone",
        Kind.LIMITED: "Reading is limited",
        Kind.UNSEEN: "A room was not read for long",
        Kind.BACKLOG: "Flags wait longer than they may",
        Kind.SEARCH: "A saved search found something new",
        Kind.UNDELIVERED: "Something was not delivered",
    },
}
NUMBERS: Mapping[str, Mapping[str, str]] = {
    "ko": {
        "members": "인원 {}",
        "gained": "증가 {}",
        "minutes": "{}분",
        "rooms": "방 {}개",
        "flags": "표시 {}건",
        "posts": "게시물 {}건",
        "deliveries": "{}건",
    },
    "en": {
        "members": "{} members",
        "gained": "{} more",
        "minutes": "{} minutes",
        "rooms": "{} rooms",
        "flags": "{} flags",
        "posts": "{} posts",
        "deliveries": "{} deliveries",
    },
}
FRAME: Mapping[str, Mapping[str, str]] = {
    "ko": {"many": "알림 {number}건", "look": "콘솔에서 확인: {link}", "lead": "자세한 내용은 콘솔에만 있습니다."},
    "en": {"many": "{number} notices", "look": "See the console: {link}", "lead": "Details are in the console alone."},
}


def line_of(notice: Notice, lang: str, zone: ZoneInfo) -> str:
    """A notice on one line."""
    numbers = ", ".join(
        NUMBERS[lang][name].format(f"{value:,}") for name, value in notice.numbers.items() if name in NUMBERS[lang]
    )
    when = notice.at.astimezone(zone).strftime("%m-%d %H:%M")
    return f"{when}  {KINDS[lang][notice.kind]} ({', '.join(filter(None, (notice.code, numbers)))})"


def notice_mail(notices: Sequence[Notice], lang: str, zone: ZoneInfo, link: str) -> EmailMessage:
    """One mail for notices that are told together."""
    words = FRAME[lang]
    title = KINDS[lang][notices[0].kind] if len(notices) == 1 else words["many"].format(number=len(notices))
    lines = [line_of(notice, lang, zone) for notice in notices]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"[Haechi] {title}"
    message["Content-Language"] = lang
    text = "\n".join([*lines, "", words["lead"], words["look"].format(link=link), ""])
    message.set_content(text, charset="utf-8", cte="base64")
    return message


def notice_body(notices: Sequence[Notice], delivery: Delivery, link: str) -> bytes:
    """The same for a program."""
    rows = [
        {
            "id": notice.id,
            "kind": str(notice.kind),
            "code": notice.code,
            "at": moment(notice.at),
            "grave": notice.is_grave,
            "numbers": dict(notice.numbers),
        }
        for notice in notices
    ]
    body = {"form": 1, "kind": "notices", "delivery": delivery.key, "link": link, "notices": rows}
    return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


async def notice_content(courier: Courier, delivery: Delivery) -> EmailMessage | bytes:
    """What a delivery of notices holds.

    Raises:
        StorageError: they are there no more.
    """
    notices = await read_notices_by_id(courier.store, delivery.about)
    if not notices:
        raise StorageError(f"{delivery.what}: its notices are there no more")
    link = f"{console_link(courier)}/notices"
    if delivery.form == WEBHOOK:
        return notice_body(notices, delivery, link)
    recipient = await receiver_of(courier, delivery)
    zone = await zone_of(courier.store, courier.settings)
    message = notice_mail(notices, "en" if recipient.lang == "en" else "ko", zone, link)
    return addressed(message, delivery, recipient, courier.settings.mail_from or "")


def console_link(courier: Courier) -> str:
    """Where the console is for those who read mails."""
    return courier.settings.console_origin or f"http://{courier.settings.console}"


def what_of_notices(notices: Sequence[Notice], at: datetime) -> str:
    """What a delivery is of: these notices together."""
    return f"notice {at:%Y-%m-%dT%H:%M} {notices[0].id}+{len(notices) - 1}"
