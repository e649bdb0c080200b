"""``haechi evidence export``: a package for one recipient."""

from dataclasses import dataclass, replace
from pathlib import Path

import click

from config.register import OFFICES
from config.settings import Settings, load_settings
from crawler.assemble import load_register, now
from crawler.commands.running import run_logged
from crawler.commands.two_persons import (
    alone_option,
    approve_option,
    approved,
    print_proposal,
    proposal_row,
    propose_option,
)
from crawler.output import print_json, stderr, stdout
from crawler.package_asked import Asked
from crawler.package_files import check_place, write_package
from crawler.package_leave import NOBODY_ELSE, check_alone, needs_leave
from crawler.packages import Made, export_package, propose_export
from evidence.approval import EXPORT, Proposal
from evidence.case import Staff, check_case_id
from evidence.checkpoint import Files
from evidence.envelope import open_package, read_private_key, read_public_key
from evidence.errors import ConfigError
from evidence.package.profiles import PROFILES, find_profile
from storage.approvals import approve_alone
from storage.custody import Custody
from storage.mongo import Store
from storage.practice import is_practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How an un-encrypted package gets its second person, as the options say it."""

    is_proposal: bool
    proposal: str | None
    alone: str | None
    reason: str | None


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
@click.option("--reason", help="Why un-encrypted; default: the purpose. Example: --reason 'unit 2 has no key'")
@propose_option
@approve_option
@alone_option
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
    reason: str | None,
    is_proposal: bool,
    proposal: str | None,
    alone: str | None,
    as_json: bool,
) -> None:
    """Make a package of a case for one recipient: OUT/PACKAGE/ and OUT/PACKAGE.sig beside it.

    Whoever gets it checks it offline with `python3 verify.py` in its folder. Un-encrypted it needs two persons:
    --propose by one, --approve by another, with the same case and profile; where nobody else is registered,
    one may go alone, which stands in the log and in the package.
    """
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
    ways = Ways(is_proposal=is_proposal, proposal=proposal, alone=alone, reason=reason or purpose)
    check_export_ways(asked, ways)
    made = run_logged(lambda store, custody, staff: _export(store, custody, staff, settings, asked, ways))
    if isinstance(made, Proposal):
        print_proposal(proposal_row(made), f"evidence export --case {case} --profile {profile} --out DIR", as_json)
        return
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


def check_export_ways(asked: Asked, ways: Ways) -> None:
    """See that the ways fit each other.

    Raises:
        ConfigError: two of them, one for a package that is encrypted, or a proposal without a reason.
    """
    chosen = {"--propose": ways.is_proposal, "--approve": ways.proposal, "--alone": ways.alone}
    given = [name for name, value in chosen.items() if value]
    if len(given) > 1:
        raise ConfigError(f"{' and '.join(given)}: expected one of them")
    if given and asked.recipient is not None:
        raise ConfigError(f"{given[0]}: a package that is sealed with --for needs no second person")
    if ways.is_proposal and not ways.reason:
        raise ConfigError("--propose: say why with --reason or --purpose; the second person reads it")


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


async def _export(
    store: Store, custody: Custody, staff: Staff, settings: Settings, asked: Asked, ways: Ways
) -> Made | Proposal:
    check_place(asked.out)
    asked = replace(asked, is_practice=await is_practice(store))
    if needs_leave(asked):
        leave = await _leave(store, custody, staff, asked, ways)
        if ways.is_proposal:
            return leave
        asked = replace(asked, proposal=leave.id)
    return await export_package(store, custody, Files(folder=settings.data_dir), staff, asked)


async def _leave(store: Store, custody: Custody, staff: Staff, asked: Asked, ways: Ways) -> Proposal:
    """A proposal, an approved one unless it was only to be proposed."""
    if ways.proposal is not None:
        return await approved(store, custody, staff, ways.proposal, EXPORT)
    if ways.is_proposal:
        return await propose_export(store, custody, staff, asked, ways.reason or "", now())
    await check_alone(store, now())
    alone = ways.alone or NOBODY_ELSE
    words = f"{ways.reason}\nalone: {alone}" if ways.reason else alone
    made = await propose_export(store, custody, staff, asked, words, now())
    stderr.print("[yellow]! no second person approved it: that stands in the log and in the package[/]")
    return await approve_alone(store, custody, staff, made.id, now())
