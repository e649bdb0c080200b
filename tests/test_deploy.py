"""What is shipped to run Haechi with can be read, and names only settings, commands, files and figures that exist."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

import crawler.commands.console  # noqa: F401 - the console's figures join those of the crawler
from config.settings import PREFIX, Settings
from console.routes import ROUTES
from crawler.cli import COMMANDS
from crawler.metrics import REGISTRY
from storage.schema import SHARD_KEYS

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
OURS = ("haechi", "worker")
"""Of the services of compose, those that run Haechi."""
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer", ".path"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}
TEXTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (ROOT / "compose.yaml", ROOT / "Containerfile", *sorted(DEPLOY.iterdir()))
    if path.is_file()
}


def unit(name: str) -> dict[str, list[tuple[str, str]]]:
    """Sections of a unit with their lines, in order."""
    sections: dict[str, list[tuple[str, str]]] = {}
    for line in (DEPLOY / name).read_text(encoding="utf-8").splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            lines = sections.setdefault(head[1], [])
        elif line and not line.startswith("#"):
            key, is_given, value = line.partition("=")
            assert is_given, f"{name}: {line}"
            lines.append((key, value))
    return sections


def said(name: str, section: str = "Service") -> dict[str, str]:
    """Lines of a section; the last word on a key counts."""
    return dict(unit(name)[section])


@pytest.mark.parametrize("name", TEXTS)
def test_only_settings_that_exist_are_named(name: str) -> None:
    """A setting that was renamed is renamed here."""
    assert set() == set(re.findall(r"HAECHI_[A-Z_]+[A-Z]", TEXTS[name])) - SETTINGS


@pytest.mark.parametrize("name", [name for name in TEXTS if not name.endswith(".json")])
def test_only_commands_that_exist_are_called(name: str) -> None:
    """By units, containers and the words of alerts."""
    lines = [line for line in TEXTS[name].splitlines() if not line.lstrip().startswith("#")]
    called = re.findall(r"(?:bin/|`)haechi ([a-z]+)\b", "\n".join(lines))
    assert set() == set(called) - COMMANDS.keys()


def test_the_services_of_compose() -> None:
    """Haechi waits for its database, which has passwords; only the console is reached, from this machine alone."""
    services = COMPOSE["services"]
    assert {"haechi", "worker", "mongodb", "mongodb-init", "rabbitmq"} == set(services)
    assert {name for each in services.values() for name in each.get("depends_on", ())} < set(services)
    assert ["127.0.0.1:8380:8380"] == [port for each in services.values() for port in each.get("ports", ())]
    beside = [each for name, each in services.items() if name not in OURS]
    assert {"inside"} == {net for each in beside for net in each["networks"]}
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert ["workers"] == services["rabbitmq"]["profiles"] == services["worker"]["profiles"]
    started = " ".join(services["mongodb"]["entrypoint"])
    assert "--keyFile" in started
    assert "--replSet haechi" in started
    assert {"run", "worker"} == {services[name]["command"][0] for name in OURS} <= COMMANDS.keys()


def test_the_cluster_is_sharded_as_the_store_writes() -> None:
    """Each collection that grows, by the key that every write of one document names."""
    keys = re.findall(r"^  (\w+): \{ (\w+): (.+) \},$", TEXTS["deploy/sharding.js"], re.MULTILINE)
    assert SHARD_KEYS == {name: {field: json.loads(kind)} for name, field, kind in keys}


@pytest.mark.parametrize("name", OURS)
def test_haechi_is_locked_in(name: str) -> None:
    """In a container: no root, nothing to write but what it keeps, no new rights."""
    ours = COMPOSE["services"][name]
    assert (True, ["ALL"], ["no-new-privileges:true"]) == (ours["read_only"], ours["cap_drop"], ours["security_opt"])
    (user,) = re.findall(r"^USER (\S+)$", CONTAINERFILE, re.MULTILINE)
    assert "10001:10001" == user
    kept = json.loads(re.findall(r"^VOLUME (.+)$", CONTAINERFILE, re.MULTILINE)[0])
    assert kept == [volume.split(":")[1] for volume in ours["volumes"]]
    assert f"HAECHI_DATA_DIR={kept[0]}" in CONTAINERFILE


def test_no_secret_is_a_variable() -> None:
    """Secrets are files: whoever may look at a container sees its variables."""
    variables = {key: str(value) for each in COMPOSE["services"].values() for key, value in _environment(each)}
    secret = {key for key in variables if re.search(r"PASSWORD|SECRET|KEY|HASH|URI|SMTP|SESSION", key)}
    assert {"MONGO_INITDB_ROOT_PASSWORD_FILE"} == secret
    files = {each["file"] for each in COMPOSE["secrets"].values()}
    assert {"./secrets"} == {str(file).rpartition("/")[0] for file in files}
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/secrets/", "/haechi/", "/backup/"} <= set(ignored)


def test_what_compose_and_the_image_take_along_exists() -> None:
    """Files that are mounted or copied; secrets and what Haechi keeps are the operator's."""
    mounted = [volume.split(":")[0] for each in COMPOSE["services"].values() for volume in each.get("volumes", ())]
    ours = [path for path in mounted if path.startswith("./deploy/")]
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    taken = [line.removeprefix("!") for line in lines if line.startswith("!")]
    assert len(ours) == 2
    assert [] == [path for path in [*ours, *taken] if not (ROOT / path).exists()]
    wheel = re.findall(r"^packages = \[(.+)\]$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)[0]
    assert {name.strip('" ') for name in wheel.split(",")} <= set(taken)


def test_every_route_that_is_probed_exists() -> None:
    """The check of the container asks what the console answers."""
    probes = {route.path for route in ROUTES if route.is_probe}
    (probed,) = re.findall(r"8380(/\w+)", " ".join(COMPOSE["services"]["haechi"]["healthcheck"]["test"]))
    assert probed in probes


@pytest.mark.parametrize("name", SERVICES)
def test_units_give_nothing_that_is_not_needed(name: str) -> None:
    """No new rights, a file system to be read, no core with keys in it."""
    lines = said(name)
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes"}
    assert wanted.items() <= lines.items()
    if name != "haechi-metrics.service":
        assert ("haechi", "", "0", "0077") == (
            lines["User"],
            lines["CapabilityBoundingSet"],
            lines["LimitCORE"],
            lines["UMask"],
        )


def test_the_service_ends_as_haechi_does() -> None:
    """Only Haechi is told, it has its time, bad configuration is not tried again."""
    lines, worker = said("haechi.service"), said("haechi-worker@.service")
    assert ("mixed", "2", "on-failure") == (lines["KillMode"], lines["RestartPreventExitStatus"], lines["Restart"])
    assert int(lines["TimeoutStopSec"]) > 30
    assert "run" == shlex.split(lines["ExecStart"])[-1]
    assert int(worker["TimeoutStopSec"]) > int(lines["TimeoutStopSec"])
    assert ["worker", "--name", "%i"] == shlex.split(worker["ExecStart"])[1:]
    differing = {"ExecStart", "TimeoutStopSec", "RestartPreventExitStatus"}
    assert {key: lines[key] for key in lines.keys() - differing} == {
        key: worker[key] for key in worker.keys() - differing
    }


def test_the_broker_is_patient() -> None:
    """Its settings can be read, and give work more time than its own half an hour."""
    lines = [line for line in TEXTS["deploy/rabbitmq.conf"].splitlines() if not line.startswith("#")]
    settings = dict(line.split(" = ") for line in lines)
    assert {"consumer_timeout", "loopback_users.guest"} == set(settings)
    assert int(settings["consumer_timeout"]) > 30 * 60 * 1000


@pytest.mark.parametrize("name", UNITS)
def test_what_a_unit_calls_is_there(name: str) -> None:
    """A timer and a path each have their service."""
    if not name.endswith(".service"):
        assert name.rpartition(".")[0] + ".service" in SERVICES
        assert "WantedBy" in said(name, "Install")
    for _, value in unit(name)["Unit"]:
        for path in re.findall(r"file:///opt/haechi/(\S+)", value):
            assert (ROOT / path).exists()


def test_only_figures_that_exist_are_drawn_and_watched() -> None:
    """Each figure of the program is drawn too."""
    known, written = _figures(), TEXTS["deploy/grafana.json"] + TEXTS["deploy/alerts.yaml"]
    named = set(re.findall(r"\bhaechi_\w+", written))
    assert set() == named - {name for names in known.values() for name in names}
    assert [] == [family for family, names in known.items() if not names & named]


def test_the_dashboard_has_whole_panels() -> None:
    """Each with a number of its own, a title and a question; nothing lies on something else."""
    dashboard = json.loads(TEXTS["deploy/grafana.json"])
    panels = dashboard["panels"]
    assert len(panels) == len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels})
    assert all(each["expr"] for panel in panels for each in panel["targets"])
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_alerts_can_be_read() -> None:
    """Each has a question, and says what to do."""
    (group,) = yaml.safe_load(TEXTS["deploy/alerts.yaml"])["groups"]
    assert all(rule["expr"] and rule["annotations"]["summary"] for rule in group["rules"])


def _environment(service: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(service.get("environment", {}).items())


def _figures() -> dict[str, set[str]]:
    """Names under which Prometheus knows each figure."""
    suffixes = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
    return {family.name: {family.name + suffix for suffix in suffixes[family.type]} for family in REGISTRY.collect()}
