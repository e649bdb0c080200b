"""An authority for time stamps, played by openssl on loopback."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from channels.timestamps import REPLY

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
[usage]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
"""


def openssl(*arguments: str) -> None:
    """Run it; its chatter is of interest only where it fails."""
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def make_authority(folder: Path) -> Path:
    """Put a root, an authority that it certified, and the configuration of ``openssl ts`` into a folder."""
    config, key = folder / "openssl.cnf", ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    config.write_text(CONFIG.format(folder=folder), encoding="ascii")
    (folder / "serial").write_text("01\n", encoding="ascii")
    files = {name: str(folder / name) for name in ("root.key", "root.pem", "tsa.key", "tsa.csr", "tsa.pem")}
    openssl("req", "-x509", *key, "-keyout", files["root.key"], "-out", files["root.pem"], "-days", "2",
            "-subj", "/CN=Root of practice", "-extensions", "root", "-config", str(_with_names(folder)))  # fmt: skip
    openssl("req", "-new", *key, "-keyout", files["tsa.key"], "-out", files["tsa.csr"],
            "-subj", "/CN=Authority of practice", "-config", str(_with_names(folder)))  # fmt: skip
    openssl("x509", "-req", "-in", files["tsa.csr"], "-CA", files["root.pem"], "-CAkey", files["root.key"],
            "-CAcreateserial", "-days", "2", "-extensions", "usage", "-extfile", str(config),
            "-out", files["tsa.pem"])  # fmt: skip
    return folder


def _with_names(folder: Path) -> Path:
    place = folder / "names.cnf"
    place.write_text("[req]\ndistinguished_name = names\n[names]\n" + CONFIG.format(folder=folder), encoding="ascii")
    return place


def reply_to(folder: Path, query: bytes) -> bytes:
    """What the authority answers."""
    asked, answered = folder / "query", folder / "reply"
    asked.write_bytes(query)
    openssl("ts", "-reply", "-config", str(folder / "openssl.cnf"), "-queryfile", str(asked), "-out", str(answered))
    return answered.read_bytes()


@asynccontextmanager
async def served(answer: Callable[[bytes], bytes], kind: str = REPLY, status: int = 200) -> AsyncIterator[str]:
    """An authority on loopback; yields its address."""

    async def serve(request: web.Request) -> web.Response:
        body = await asyncio.to_thread(answer, await request.read())
        return web.Response(body=body, content_type=kind, status=status)

    app = web.Application()
    app.router.add_post("/", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()
