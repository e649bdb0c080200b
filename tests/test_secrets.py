"""No tracked file holds a secret: no key, no token, no session, no password of a server."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PATTERNS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}",
    "bot token": r":AA[A-Za-z0-9_-]{33}\b",
    "session string": r"1(?:AQ|Ag|Aw|BA|BQ)[A-Za-z0-9_-]{340}",
    "api hash": r"_(?:hash|HASH)\W{1,5}[0-9a-f]{32}\b",
    "password in an address": r"://[^\s:/@\"'<>{}$]+:[^\s/@\"'<>{}$]{4,}@",
    "token of GitHub": r"gh[pousr]_[A-Za-z0-9]{30}",
    "token of GitLab": r"glpat-[\w-]{20}",
    "token of PyPI": r"pypi-[A-Za-z0-9_-]{50}",
    "key of AWS": r"AKIA[0-9A-Z]{16}\b",
    "key of Google": r"AIza[0-9A-Za-z_-]{35}\b",
    "signed token": r"eyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20}",
}
"""Each begins with letters that are rarely there: five megabytes are read in a moment."""
NAMES = re.compile(
    r"(?:^|/)(?:[^/]*\.(?:session|session-journal|pem|key|p12|pfx|jks|sqlite3?|sealed)|\.env[^/]*|id_(?:rsa|ed25519))$"
)
"""Files that hold secrets by their kind."""
LARGEST_BYTES = 2_000_000

INVENTED = {"user:password@", "user:secret@", "user:se%40cret@", "user:pass@", "user:word@"}
"""How documents and tests write a password in an address."""


def tracked() -> list[Path]:
    """What git would carry away: tracked, or new and not ignored."""
    listed = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def found_in(text: str) -> list[tuple[str, str]]:
    """What looks like a secret, and of which kind."""
    return [
        (kind, match[0])
        for kind, pattern in PATTERNS.items()
        for match in re.finditer(pattern, text)
        if not any(part in match[0] for part in INVENTED)
    ]


def test_no_file_holds_a_secret() -> None:
    """Only the place is shown, never what was found."""
    if not (ROOT / ".git").exists():
        pytest.skip("no repository here: git says which files are tracked")
    texts = ((path, path.read_bytes()[:LARGEST_BYTES].decode("utf-8", "replace")) for path in tracked())
    assert {} == {str(path): [kind for kind, _ in found] for path, text in texts if (found := found_in(text))}
    assert [] == [str(path) for path in tracked() if NAMES.search(str(path))]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("private key", "-----BEGIN " + "PRIVATE KEY-----\n" + "MC4CAQAwBQYDK2Vw" * 2),
        ("bot token", "12345678" + ":AA" + "b" * 33),
        ("session string", "1" + "BA" + "Ab" * 180 + "="),
        ("api hash", "TELEGRAM_API_HASH" + "=" + "0a" * 16),
        ("password in an address", "mongodb://" + "haechi:s3cret!!" + "@db.example/haechi"),
        ("password in an address", "smtps://" + "a:abcd" + "@mail.example"),
        ("token of GitHub", "ghp_" + "a1" * 18),
        ("key of AWS", "AKIA" + "A1" * 8),
        ("signed token", ".".join(("eyJ" + "a" * 24, "eyJ" + "b" * 24, "c" * 24))),
    ],
)
def test_secrets_are_known_by_their_form(kind: str, text: str) -> None:
    """Each is put together here, so that this file holds none."""
    assert [kind] == [each for each, _ in found_in(text)]


@pytest.mark.parametrize("name", ["a/work.session", "tls.pem", "x/master.key", ".env", "deploy/.env.local"])
def test_files_are_known_by_their_name(name: str) -> None:
    """Whatever is in them."""
    assert NAMES.search(name)
