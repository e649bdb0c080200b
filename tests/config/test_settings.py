"""Settings: environment before file, and mistakes named by key, value and expectation."""

import os
from pathlib import Path

import pytest

from config.settings import load_settings
from evidence.errors import ConfigError


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with nothing of Haechi in it but a data directory."""
    for name in [name for name in os.environ if name.startswith("HAECHI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HAECHI_DATA_DIR", str(tmp_path))
    return tmp_path


def test_defaults_need_nothing(data_dir: Path) -> None:
    """Without a setting: the real t.me, the embedded database, Korean."""
    settings = load_settings()
    assert ("https://t.me", None, "ko", False) == (
        settings.web_base,
        settings.mongodb_uri,
        settings.lang,
        settings.allow_loopback,
    )
    assert data_dir / "master.key" == settings.master_key


def test_environment_comes_before_the_file(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the data directory sets what the environment does not."""
    (data_dir / "haechi.toml").write_text('contact = "file@example.org"\nHAECHI_LANG = "en"\n')
    monkeypatch.setenv("HAECHI_CONTACT", "environment@example.org")
    settings = load_settings()
    assert ("environment@example.org", "en") == (settings.contact, settings.lang)


def test_settings_of_other_parts_do_not_disturb(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that this version does not know is left alone."""
    monkeypatch.setenv("HAECHI_TEST_DATA", "/somewhere")
    monkeypatch.setenv("HAECHI_CONSOLE", "127.0.0.1:8380")
    assert "ko" == load_settings().lang


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HAECHI_LANG", "fr", "HAECHI_LANG: \"fr\" is refused: input should be 'ko' or 'en'"),
        ("HAECHI_PACE_S", "slow", 'HAECHI_PACE_S: "slow" is refused: input should be a valid number'),
        ("HAECHI_PACE_S", "0.1", 'HAECHI_PACE_S: "0.1" is accepted only with HAECHI_ALLOW_LOOPBACK=1'),
        ("HAECHI_WEB_BASE", "http://t.me", 'HAECHI_WEB_BASE: "http://t.me" is not https'),
        ("HAECHI_WEB_BASE", "https://10.0.0.1", 'HAECHI_WEB_BASE: "https://10.0.0.1" is an IP address'),
        ("HAECHI_WEB_BASE", "http://127.0.0.1:8000", 'HAECHI_WEB_BASE: "http://127.0.0.1:8000" is not https'),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Key, value and what was expected."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as raised:
        load_settings()
    assert raised.value.problems[0].startswith(message), raised.value.problems


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "https://t.me"]
)
def test_loopback_is_accepted_only_when_allowed(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Practice pages come over plain http from this machine."""
    monkeypatch.setenv("HAECHI_ALLOW_LOOPBACK", "1")
    monkeypatch.setenv("HAECHI_PACE_S", "0")
    monkeypatch.setenv("HAECHI_WEB_BASE", base)
    settings = load_settings()
    assert (base, 0.0) == (settings.web_base, settings.pace_s)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """``HAECHI_SCHOOLS=`` in a unit file means none."""
    for name in ("HAECHI_SCHOOLS", "HAECHI_PACE_S", "HAECHI_KEY_FILE", "HAECHI_MONGODB_URI"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert [None] * 4 == [settings.schools, settings.pace_s, settings.key_file, settings.mongodb_uri]


@pytest.mark.parametrize(
    ("text", "message"),
    [("contact = ", "Invalid value"), ("colour = 1", "HAECHI_COLOUR is not a setting of Haechi")],
)
def test_a_faulty_file_is_named(data_dir: Path, text: str, message: str) -> None:
    """Neither a syntax error nor a misspelt key goes unnoticed."""
    (data_dir / "haechi.toml").write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_settings()
