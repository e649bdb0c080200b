"""tg-archive (PyPI) in an environment of its own: nothing of it is imported here.

It is installed without its own pins, so that it runs on our Telethon: the loopback server speaks that one's layer.
"""

import subprocess
import tempfile
import venv
from importlib.metadata import version
from pathlib import Path

import yaml

VERSION = "1.3.1"
OURS = ("telethon", "cryptg", "pyaes", "pyasn1", "pyyaml", "rsa")
"""What its sync imports and we have too, in the very same version."""
ITS_OWN = ("pillow", "pytz")


def archiver() -> str | None:
    """The Python of its environment, made where it is missing; None where it cannot be installed."""
    folder = Path(tempfile.gettempdir()) / f"haechi-bench-tg-archive-{VERSION}-{version('telethon')}"
    python = str(folder / "bin" / "python")
    if _works(python):
        return python
    venv.create(folder, with_pip=True, clear=True)
    packages = [f"tg-archive=={VERSION}", *(f"{name}=={version(name)}" for name in OURS), *ITS_OWN]
    install = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps", *packages]
    subprocess.run(install, stderr=subprocess.DEVNULL)
    return python if _works(python) else None


def _works(python: str) -> bool:
    if not Path(python).exists():
        return False
    return subprocess.run([python, "-c", "import tgarchive.sync"], stderr=subprocess.DEVNULL).returncode == 0


def sync_command(python: str, folder: Path, session: Path, room: str) -> list[str]:
    """Its sync of a room into ``folder / "data.sqlite"``, with no waits, media or avatars."""
    settings = {
        "api_id": 1,
        "api_hash": "practice",
        "group": room,
        "download_avatars": False,
        "download_media": False,
        "fetch_batch_size": 2000,
        "fetch_wait": 0,
        "fetch_limit": 0,
        "media_dir": str(folder / "media"),
    }
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    program = str(Path(python).with_name("tg-archive"))
    sync = [program, "--sync", "-c", str(config), "-se", str(session)]
    return [*sync, "-d", str(folder / "data.sqlite")]
