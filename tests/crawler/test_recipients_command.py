"""``haechi recipients``, ``referral`` and ``summary --send`` as a person types them."""

from pathlib import Path

import pytest

from tests.crawler.mailbox import mail_server
from tests.crawler.serving import Beside, call


@pytest.fixture
def bare(tmp_path: Path, own_database: str) -> dict[str, str]:
    """Settings of an empty installation."""
    return {"HAECHI_DATA_DIR": str(tmp_path), "HAECHI_MONGODB_URI": own_database, "HAECHI_MAIL_DOMAINS": "sen.example"}


@pytest.mark.slow
def test_a_list_of_recipients(bare: dict[str, str], beside: Beside, tmp_path: Path) -> None:
    """Put on by one person where there is no other, sent to, dropped; as files it goes nowhere."""
    add = ("recipients", "add", "kim@sen.example", "--for", "national", "--json")
    proposed = call(*add, "--propose", env=bare)
    assert (0, "recipient") == (proposed.code, proposed.rows[0]["act"])
    assert ["proposed"] == [row["state"] for row in call("recipients", "list", "--json", env=bare).rows]
    (row,) = call(*add, "--alone", "nobody else", env=bare).rows
    assert ("active", "national", False) == (row["state"], row["scope"], row["notices"])
    unset = call("summary", "--send", env=bare)
    assert (2, True) == (unset.code, "set HAECHI_SMTP_URL" in unset.err)
    written = call("summary", "--send", "--out", str(tmp_path / "out"), env={**bare, "HAECHI_MAIL_FROM": "a@b.example"})
    assert (0, [".eml"]) == (written.code, [path.suffix for path in (tmp_path / "out").iterdir()])
    context = mail_server()
    box = beside.run(context.__aenter__())
    mail = {"HAECHI_SMTP_URL": f"smtp://127.0.0.1:{box.port}", "HAECHI_MAIL_FROM": "a@b.example"}
    sent = call("summary", "--send", "--json", env={**bare, **mail, "HAECHI_ALLOW_LOOPBACK": "1"})
    assert (0, ["sent"], ["kim@sen.example"]) == (
        sent.code,
        [one["state"] for one in sent.rows],
        [to for to, _ in box.mails],
    )
    beside.run(context.__aexit__(None, None, None))
    assert 0 == call("recipients", "drop", row["id"], env=bare).code
    assert [] == call("recipients", "list", "--json", env=bare).rows
    assert ["sent"] == [one["state"] for one in call("recipients", "list", "--deliveries", "--json", env=bare).rows]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["recipients", "add", "kim@other.example", "--for", "national", "--propose"], "is no domain"),
        (["recipients", "add", "kim@sen.example", "--for", "world", "--propose"], '"world" is no scope'),
        (["recipients", "add", "kim@sen.example", "--for", "national"], "two persons do this"),
        (["recipients", "drop", "recipient-0"], "recipient-0: nobody on the list has this id"),
        (["recipients", "drop", "kim@sen.example"], "--for is needed"),
        (["referral", "show", "x"], '"x" is no referral'),
        (["referral", "draft", "--case", "case-00000000", "--to", "press"], '--to: "press" is no body'),
        (["referral", "draft", "--case", "case-00000000", "--to", "police"], "case-00000000: there is no such case"),
        (["referral", "approve", "referral-000000000000"], "there is no such referral"),
        (["summary", "--send", "--office", "B10"], "nothing can be sent"),
    ],
)
def test_mistakes_are_named(bare: dict[str, str], arguments: list[str], message: str) -> None:
    """In one line, with exit code 2."""
    ended = call(*arguments, env=bare)
    assert (2, True) == (ended.code, message in ended.err), ended.err


def test_bodies_are_listed(bare: dict[str, str]) -> None:
    """Those of today, with what nobody verified."""
    rows = call("referral", "channels", "--json", env=bare).rows
    assert [("regulator", False), ("regulator", True)] == [
        (row["id"], row["valid"]) for row in rows if row["id"] == "regulator"
    ]
    assert "UNVERIFIED since" in call("referral", "channels", env=bare).out
