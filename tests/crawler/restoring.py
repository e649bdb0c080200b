"""Installations that are backed up, destroyed and put back."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pymongo import MongoClient

from config.settings import Settings
from crawler.assemble import evidence_store, now
from evidence.checkpoint import Files
from storage.custody import open_custody
from storage.mongo import Document
from tests.crawler.serving import Ended, call
from tests.storage.custody import act


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An installation: a data directory and a database."""

    home: Path
    uri: str

    @property
    def env(self) -> dict[str, str]:
        """Its settings."""
        return {"HAECHI_DATA_DIR": str(self.home), "HAECHI_MONGODB_URI": self.uri, "HAECHI_LANG": "en"}

    def call(self, *arguments: object) -> Ended:
        """Run a command there."""
        return call(*map(str, arguments), env=self.env)

    def record(self, *numbers: int) -> None:
        """Write entries into its log, a block each."""

        async def write() -> None:
            async with (
                evidence_store(Settings(data_dir=self.home), self.uri) as store,
                open_custody(store, now, Files(folder=self.home)) as custody,
            ):
                for number in numbers:
                    await custody.record(act(number))

        asyncio.run(write())

    def drop(self) -> None:
        """Lose the database."""
        with MongoClient[Document](self.uri) as client:
            client.drop_database(client.get_default_database().name)

    def with_key_of(self, other: "Place") -> "Place":
        """Put the copy of the master key into it."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        key = self.home / "master.key"
        key.write_bytes((other.home / "master.key").read_bytes())
        key.chmod(0o600)
        return self


def beside(place: Place, name: str) -> Place:
    """Another installation on the same server, still empty."""
    named = urlsplit(place.uri)
    uri = named._replace(path=f"{named.path}_{name}").geturl()
    return Place(home=place.home.with_name(name), uri=uri)
