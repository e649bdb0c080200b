"""No other way leads to Telegram: the code itself is read for one."""

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("channels", "config", "crawler", "evidence", "pipelines", "storage")
GUARD, ACCOUNT, SIGN_IN = (f"channels/telegram/{name}.py" for name in ("guard", "account", "sign_in"))
INNER = {"_sender", "_call", "_switch_dc", "_borrow_exported_sender", "_create_exported_sender", "_get_dc"}
"""Of a Telethon client: what sends, past the client or beside it."""
TELETHON = {"telethon"} | {f"telethon.{name}" for name in ("crypto", "extensions", "sessions", "tl", "tl.types")}
HARMLESS = {
    "TLObject",
    "TLRequest",
    "User",
    "errors",
    "functions",
    "types",
    "AuthKey",
    "BinaryReader",
    "rsa",
    "MemorySession",
    "SQLiteSession",
}


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Every file of the product that could send."""
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    gc.disable()  # CPython 3.11 fails where a collection in the middle of it parses something itself (gh-106905)
    try:
        return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in files)
    finally:
        gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _read_once() -> None:
    """Reading all files takes longer than any test of what is in them."""
    trees()


def names_in(tree: ast.AST) -> Iterator[str]:
    """All names, attributes, imported names and strings that could name an attribute."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str() as name):
                yield name
            case ast.alias(name=name):
                yield name.rpartition(".")[2]
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name


def files_naming(*wanted: str) -> set[str]:
    """Files in which one of these is named."""
    return {path for path, tree in trees() if set(wanted) & set(names_in(tree))}


def is_client(node: ast.expr) -> bool:
    """Whether an expression is called as a client's variable would be."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name.strip("_").lower() in {"client", "telegram_client", "guarded_client", "guardedclient"}


def test_the_client_of_telethon_is_named_once() -> None:
    """Only the guard knows it; only an account and the sign-in know the guard's."""
    assert {GUARD} == files_naming("TelegramClient")
    assert {GUARD, ACCOUNT, SIGN_IN} == files_naming("GuardedClient")


def test_nothing_else_of_telethon_is_imported() -> None:
    """Types, errors, keys and session files; no sender, no connection, no other client."""
    found = {
        (node.module, alias.name)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("telethon")
        for alias in node.names
        if path != GUARD or alias.name != "TelegramClient"
    }
    plain = {
        alias.name
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.startswith("telethon")
    }
    assert set() == plain
    assert set() == {module for module, _ in found} - TELETHON
    assert set() == {name for _, name in found} - HARMLESS


def test_a_client_is_called_in_one_place() -> None:
    """``Account._ask`` calls the client; nobody else does, under whatever usual name."""
    places = [
        (path, function.name)
        for path, tree in trees()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and is_client(node.func)
        if not (isinstance(node.func, ast.Name) and node.func.id == "GuardedClient")
    ]
    assert [(ACCOUNT, "_ask")] == places


def test_what_is_done_with_a_client() -> None:
    """An account connects it and asks whether it is; the sign-in signs in: no other method is used."""
    used = {
        path: {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and is_client(node.value)}
        for path, tree in trees()
        if path.startswith("channels/")
    }
    assert {
        GUARD: {"disconnect"},
        ACCOUNT: {"connect", "is_connected"},
        SIGN_IN: {"connect", "send_code_request", "sign_in"},
    } == {path: names for path, names in used.items() if names}


def test_the_inner_parts_of_telethon_are_not_touched() -> None:
    """Nothing but the guard names what sends inside a client, not even as a string."""
    assert {GUARD} == files_naming(*INNER)


def test_only_accounts_are_told_to_send() -> None:
    """Whatever is sent goes through ``Account.send``, with its turns and its waits."""
    receivers = {
        (path, ast.unparse(node.func.value))
        for path, tree in trees()
        if path.startswith(("channels/telegram", "crawler"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "send"
    }
    at_accounts, pipes = "channels/telegram/accounts.py", "crawler/rescan_processes.py"
    between_processes = {(pipes, "here"), (pipes, "there")}
    assert {(at_accounts, "account"), (at_accounts, "room.account")} == receivers - between_processes


def test_the_guard_cannot_be_widened() -> None:
    """``allowed`` is given at sign-in only; the lists are frozen."""
    given = {
        path: [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "allowed"]
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "GuardedClient"
    }
    assert {ACCOUNT: [], SIGN_IN: ["SIGNING_IN"]} == given
    assert {GUARD, ACCOUNT, SIGN_IN} >= files_naming("_allowed", "SIGNING_IN")
