"""Settings of this installation: environment first, then ``haechi.toml`` in the data directory."""

import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from evidence.address import is_loopback_host, parse_web_address
from evidence.errors import ConfigError

PREFIX = "HAECHI_"
FILE = "haechi.toml"
SHORTEST_KEY = 32


class Settings(BaseSettings):
    """What an operator sets; each field is the variable ``HAECHI_`` + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    data_dir: Path = Field(
        default=Path("~/.local/share/haechi"), description="keys, embedded database, `server.json`, `haechi.toml`"
    )
    mongodb_uri: str | None = Field(default=None, description="your MongoDB; unset: the embedded server")
    embedded_growth_mb: int = Field(
        default=1_000, ge=1, description="megabytes that the embedded server may gain before `run` begins anew with it"
    )
    broker_url: str | None = Field(
        default=None, description="RabbitMQ, `amqp://user:password@host`, for `haechi worker`; unset: one process"
    )
    schools: Path | None = Field(default=None, description="register of schools, a CSV file; `X_former.csv` beside it")
    web_base: str = Field(default="https://t.me", description="where Telegram's public pages are read")
    allow_loopback: bool = Field(default=False, description="`1` accepts plain http on 127.0.0.1: practice only")
    pace_s: float | None = Field(default=None, ge=0, description="seconds between requests; with ALLOW_LOOPBACK only")
    contact: str | None = Field(default=None, description="your address in the user agent; required for the real t.me")
    lang: Literal["ko", "en"] = Field(default="ko", description="language of summaries: `ko` or `en`")
    console: str = Field(default="127.0.0.1:8380", description="`host:port` that the review console listens on")
    console_origin: str | None = Field(
        default=None, description="`https://` address of your proxy before the console; unset: this machine alone"
    )
    console_idle_minutes: int = Field(
        default=30, ge=1, le=30, description="after so long without use a person is signed out; at most 30"
    )
    key_file: Path | None = Field(default=None, description="master key; default `master.key` in the data directory")

    telegram_session: str | None = Field(
        default=None, description="signed-in session files, several separated by `:`; one account each"
    )
    telegram_api_id: int | None = Field(default=None, description="your application's id, from my.telegram.org")
    telegram_api_hash: str | None = Field(default=None, description="your application's hash, from my.telegram.org")
    telegram_dc: str | None = Field(default=None, description="`host:port` to sign in to: practice only")
    telegram_key: Path | None = Field(default=None, description="public key file (PEM) of that server: practice only")
    legal_basis: str | None = Field(
        default=None, description="who, when, which document: nothing is read `via: telegram` without it"
    )

    tgstat_key: str | None = Field(default=None, description="your key of TGStat's API, asked instead of its pages")

    tsa_urls: str | None = Field(
        default=None, description="time-stamp authorities (RFC 3161), separated by blanks; unset: none, not anchored"
    )
    retention: str | None = Field(
        default=None, description="shorter times than the table's, in days, such as `mentioned=30,dismissed=14`"
    )
    smtp_url: str | None = Field(
        default=None, description="mail server, `smtps://user:password@host` or `smtp://…` (STARTTLS); unset: no mail"
    )
    mail_from: str | None = Field(default=None, description="address that mails come from")
    mail_domains: str | None = Field(
        default=None, description="domains that may be written to, separated by blanks; unset: none"
    )
    summary_at: str = Field(
        default="07:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="time of day, in the watchlist's zone, at which summaries of the day before are sent",
    )
    webhook_url: str | None = Field(
        default=None, description="https address that summaries and notices are posted to; unset: none"
    )
    webhook_key: str | None = Field(default=None, description="key that posts are signed with; 32 characters or more")
    quiet_hours: str | None = Field(
        default=None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$",
        description="such as `22:00-07:00`: notices that are not grave wait until they are over; unset: none",
    )
    neis_key: str | None = Field(default=None, description="key of NEIS' open API, for `haechi schools refresh`")
    neis_base: str = Field(default="https://open.neis.go.kr", description="where NEIS' open API answers")

    @field_validator("data_dir", "schools", "key_file", "telegram_key")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return path.expanduser() if path else path

    @property
    def register(self) -> Path | None:
        """Where the register of schools lies; None while there is only the packaged one."""
        return self.schools or (self.own_register if self.own_register.exists() else None)

    @property
    def sessions(self) -> tuple[Path, ...]:
        """The session files, in the order given."""
        names = (self.telegram_session or "").split(":")
        return tuple(Path(name).expanduser() for name in names if name.strip())

    @property
    def why_no_telegram(self) -> str | None:
        """What is missing before anything may be read through Telegram's protocol; None where nothing is."""
        if not self.sessions:
            return "no Telegram session: set HAECHI_TELEGRAM_SESSION (docs/telegram.md says how to get one)"
        if not self.legal_basis:
            return "HAECHI_LEGAL_BASIS is not set: nothing is read via telegram without it"
        return None

    @property
    def authorities(self) -> tuple[str, ...]:
        """Addresses of the time-stamp authorities."""
        return tuple((self.tsa_urls or "").split())

    @property
    def domains(self) -> frozenset[str]:
        """That may be written to, in lower case."""
        return frozenset((self.mail_domains or "").lower().split())

    @property
    def console_place(self) -> tuple[str, int]:
        """Host and port of the console."""
        host, _, port = self.console.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def own_register(self) -> Path:
        """Where ``haechi schools`` keeps a register when no other place is set."""
        return self.data_dir / "schools.csv"

    @property
    def master_key(self) -> Path:
        """Where the master key lies."""
        return self.key_file or self.data_dir / "master.key"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment comes before what ``load_settings`` read from the file."""
        return env_settings, init_settings


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        ConfigError: a line for each mistake: key, value, what was expected.
    """
    data_dir = _checked({}).data_dir
    settings = _checked(_read_file(data_dir / FILE))
    problems = [problem for check in CHECKS if (problem := check(settings))]
    if problems:
        raise ConfigError(*problems)
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise ConfigError(f"{path}: {problem}") from None
    return {key.removeprefix(PREFIX).lower(): value for key, value in values.items()}


def _checked(values: dict[str, Any]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigError(*(_line(problem) for problem in error.errors())) from None


def _line(problem: Any) -> str:
    key = PREFIX + str(problem["loc"][0]).upper() if problem["loc"] else PREFIX.rstrip("_")
    if problem["type"] == "extra_forbidden":
        return f"{FILE}: {key} is not a setting of Haechi"
    return f'{key}: "{problem["input"]}" is refused: {problem["msg"].lower()}'


def _check_web(settings: Settings) -> str | None:
    """A base must be https on a host name, unless practice is allowed."""
    for key, base in (("WEB_BASE", settings.web_base), ("NEIS_BASE", settings.neis_base)):
        try:
            parse_web_address(base, settings.allow_loopback)
        except ConfigError as problem:
            hint = "" if settings.allow_loopback else " (for practice set HAECHI_ALLOW_LOOPBACK=1)"
            return f"{PREFIX}{key}: {problem}{hint}"
    return None


def _check_telegram(settings: Settings) -> str | None:
    """An application belongs to a session, and another server than Telegram's to practice."""
    if settings.telegram_session and not (settings.telegram_api_id and settings.telegram_api_hash):
        return "HAECHI_TELEGRAM_API_ID, HAECHI_TELEGRAM_API_HASH: not set; expected those of your application"
    if not settings.telegram_dc:
        return None
    host, _, port = settings.telegram_dc.rpartition(":")
    if not (host and port.isdecimal()):
        return f'HAECHI_TELEGRAM_DC: "{settings.telegram_dc}" is refused: expected host:port'
    if not (settings.allow_loopback and is_loopback_host(host)):
        return f'HAECHI_TELEGRAM_DC: "{host}" is not this machine with HAECHI_ALLOW_LOOPBACK=1: practice only'
    return None


def _check_console(settings: Settings) -> str | None:
    """Passwords travel in the clear on this machine only; from elsewhere it takes a proxy with https."""
    host, _, port = settings.console.rpartition(":")
    if not (host and port.isdecimal() and int(port) < 65_536):
        return f'HAECHI_CONSOLE: "{settings.console}" is refused: expected host:port such as 127.0.0.1:8380'
    origin = settings.console_origin
    if origin is None:
        if is_loopback_host(host.strip("[]")):
            return None
        return f'HAECHI_CONSOLE: "{host}" can be reached from elsewhere: set HAECHI_CONSOLE_ORIGIN to an https proxy'
    parts = urlsplit(origin)
    if parts.scheme == "https" and parts.hostname and origin == f"https://{parts.netloc}":
        return None
    return f'HAECHI_CONSOLE_ORIGIN: "{origin}" is refused: expected such as https://haechi.your-office.example'


def _check_pace(settings: Settings) -> str | None:
    if settings.pace_s is not None and not settings.allow_loopback:
        why = "is accepted only with HAECHI_ALLOW_LOOPBACK=1: real hosts set the pace"
        return f'HAECHI_PACE_S: "{settings.pace_s}" {why}'
    return None


def _check_mail(settings: Settings) -> str | None:
    """Mail goes by TLS, except to this machine in practice; a server and a sender belong together."""
    if settings.smtp_url is None:
        return None
    parts = urlsplit(settings.smtp_url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        return "HAECHI_SMTP_URL: is refused: expected such as smtps://user:password@mail.your-office.example"
    if not settings.mail_from or "@" not in settings.mail_from or not settings.mail_from.isprintable():
        return "HAECHI_MAIL_FROM: not set; expected an address that mails come from"
    return None


def _check_webhook(settings: Settings) -> str | None:
    """https, and a key that cannot be guessed."""
    if settings.webhook_url is None:
        return None
    try:
        parse_web_address(settings.webhook_url, settings.allow_loopback)
    except ConfigError as problem:
        return f"HAECHI_WEBHOOK_URL: {problem}"
    if len(settings.webhook_key or "") < SHORTEST_KEY:
        return f"HAECHI_WEBHOOK_KEY: too short or not set; expected {SHORTEST_KEY} characters or more"
    return None


def _check_broker(settings: Settings) -> str | None:
    """A wrong one is told without what may be a password in it."""
    if settings.broker_url is None:
        return None
    parts = urlsplit(settings.broker_url)
    if parts.scheme in ("amqp", "amqps") and parts.hostname:
        return None
    return "HAECHI_BROKER_URL: is refused: expected such as amqp://user:password@broker.your-office.example"


CHECKS = (_check_web, _check_broker, _check_pace, _check_telegram, _check_console, _check_mail, _check_webhook)
"""What concerns more than one setting."""
