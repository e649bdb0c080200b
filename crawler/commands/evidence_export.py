"""``haechi evidence export``: a package for one recipient."""

import asyncio
from dataclasses import replace
from pathlib import Path

import click

from config.register import OFFICES
from config.settings import Settings, load_settings
from crawler.assemble import database, evidence_store, load_register, now
from crawler.output import print_json, set_up_logging, stderr, stdout, warn_of_practice
from crawler.package_files import write_package
from crawler.packages import Asked, Made, export_package
from crawler.staff import staff_here
from evidence.case import check_case_id
from evidence.checkpoint import Files
from evidence.envelope import open_package, read_private_key, read_public_key
from evidence.errors import ConfigError
from evidence.package.profiles import PROFILES, find_profile
from storage.practice import is_practice


@click.command("export")
@click.option("--case", "case", required=True, help="Which case. Example: --case case-1f2e3d4c")
@click.option("--profile", required=True, help=f"For whom: {', '.join(PROFILES)}. Example: --profile police")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A folder yet to be made. Example: --out /mnt/usb/12"
)
@click.option("--office", help="NEIS code, for education-office only. Example: --office B10")
@click.option("--purpose", help="What it is for; stands in the package. Example: --purpose 'criminal complaint'")
@click.option("--legal-basis", help="Default: HAECHI_LEGAL_BASIS. Example: --legal-basis 'request of 2026-11-02'")
@click.option("--requester", help="Who asked for it. Example: --requester 'cyber unit 2'")
@click.option(
    "--approver", "approvers", multiple=True, help="Who agreed; may be repeated. Example: --approver 'J. Kim'"
)
@click.option(
    "--for",
    "recipient",
    type=click.Path(path_type=Path),
    help="Seal it under this X25519 public key (PEM) of the recipient. Example: --for unit2.pub",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON. Example: --json")
def export(
    case: str,
    profile: str,
    out: Path,
    office: str | None,
    purpose: str | None,
    legal_basis: str | None,
    requester: str | None,
    approvers: tuple[str, ...],
    recipient: Path | None,
    as_json: bool,
) -> None:
    """Make a package of a case for one recipient: OUT/PACKAGE/ and OUT/PACKAGE.sig beside it.

    Whoever gets it checks it offline with `python3 verify.py` in its folder.
    """
    set_up_logging()
    settings = load_settings()
    asked = Asked(
        case=check_case_id(case),
        profile=find_profile(profile, office),
        out=out.absolute(),
        office=office,
        own=_own(settings, office),
        purpose=purpose,
        legal_basis=legal_basis or settings.legal_basis,
        requester=requester,
        approvers=approvers,
        recipient=read_public_key(_read(recipient, "--for"), str(recipient)) if recipient else None,
    )
    with database(settings) as uri:
        made = asyncio.run(_export(settings, uri, asked))
    row = {
        "package": made.id,
        "path": str(made.path),
        "signature": str(made.signature) if made.signature else None,
        "profile": profile,
        "items": made.items,
        "entry": made.entry,
        "log": made.log,
    }
    if recipient is None:
        stderr.print("[yellow]! not encrypted: carry it on a medium that is, or seal it with --for[/]")
    if as_json:
        print_json(row)
        return
    stdout.print(f"✓ {made.path}: {made.items} items for {profile}, signed, entry {made.entry:,}", markup=False)
    stdout.print(f"  tell the recipient by other means: log {made.log}", markup=False)


@click.command("open")
@click.argument("sealed", type=click.Path(path_type=Path))
@click.option(
    "--key", required=True, type=click.Path(path_type=Path), help="Your private key (PEM). Example: --key k.pem"
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="A folder yet to be made. Example: --out 12"
)
def open_sealed(sealed: Path, key: Path, out: Path) -> None:
    """Open a package that was sealed under your key; needs no store and no network.

    Example: haechi evidence open PACKAGE.sealed --key unit2.pem --out received
    """
    files = open_package(_read(sealed, "SEALED"), read_private_key(_read(key, "--key"), str(key)))
    write_package(out.absolute(), files)
    stdout.print(f"✓ {out}: {len(files)} files; now run python3 verify.py in its folder", markup=False)


def _read(path: Path, option: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ConfigError(f"{option}: cannot read {path}: {problem.strerror}") from None


def _own(settings: Settings, office: str | None) -> frozenset[str] | None:
    """Codes of the schools of an office.

    Raises:
        ConfigError: there is no such office, or the register has no school of it.
    """
    if office is None:
        return None
    if office not in OFFICES.values():
        known = ", ".join(sorted(set(OFFICES.values())))
        raise ConfigError(f'--office: "{office}" is not a NEIS office code; known: {known}')
    codes = frozenset(row.code for row in load_register(settings) if row.office == office)
    if not codes:
        raise ConfigError(f"--office: the register has no school of {office}: set HAECHI_SCHOOLS to one that has")
    return codes


async def _export(settings: Settings, uri: str, asked: Asked) -> Made:
    async with evidence_store(settings, uri) as store:
        files = Files(folder=settings.data_dir)
        practice = await is_practice(store)
        warn_of_practice(settings, practice)
        asked = replace(asked, is_practice=practice)
        return await export_package(store, files, now, staff_here(store.cipher), asked)
