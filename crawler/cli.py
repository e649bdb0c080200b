"""The command line: which commands there are. Each is imported only when it is called."""

import gc
import importlib
import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from evidence.errors import ConfigError, HaechiError

COMMANDS: dict[str, tuple[str, str]] = {
    "once": ("crawler.commands.watch:once", "Make one pass over every source."),
    "run": ("crawler.commands.service:run", "Watch every source on its schedule until stopped."),
    "worker": ("crawler.commands.worker:worker", "Do what the schedule hands out, on many machines."),
    "console": ("crawler.commands.console:console", "Serve the review console alone."),
    "demo": ("crawler.commands.demo:demo", "Show the whole job on a small practice world."),
    "list": ("crawler.commands.list_rows:list_rows", "Print what is stored, newest first."),
    "search": ("crawler.commands.search:search", "Keep searches under names."),
    "summary": ("crawler.commands.summary:summary", "Report a day."),
    "recipients": ("crawler.commands.recipients:recipients", "Keep the list of those who get summaries."),
    "watchlist": ("crawler.commands.watchlist:watchlist", "Check watchlists and see their versions."),
    "import": ("crawler.commands.imports:import_file", "Import a Telegram Desktop export, or a list of addresses."),
    "rescan": ("crawler.commands.rescan:rescan", "Run today's terms and rules over what is stored."),
    "schools": ("crawler.commands.schools:schools", "Keep the register of schools, and look into it."),
    "pause": ("crawler.commands.pause:pause", "Stop the watching of a place, or of everything."),
    "resume": ("crawler.commands.pause:resume", "Let the watching go on."),
    "rooms": ("crawler.commands.rooms:rooms", "See the rooms that were found, and decide about them."),
    "case": ("crawler.commands.case:case", "Gather items and notes under one question."),
    "referral": ("crawler.commands.referral:referral", "Draft for police and others, and record what a person sent."),
    "evidence": ("crawler.commands.evidence:evidence", "Show, verify and hand over evidence."),
    "retention": ("crawler.commands.retention:retention", "Destroy what has run out."),
    "users": ("crawler.commands.users:users", "Keep the people who use the console."),
    "telegram": ("crawler.commands.telegram:telegram", "Sign Telegram accounts in and see how they stand."),
    "parse": ("crawler.commands.offline:parse", "Read a saved page, offline."),
    "mentions": ("crawler.commands.offline:mentions", "Find schools in texts from standard input, offline."),
    "backup": ("crawler.commands.backup:backup", "Write all that is stored into a folder."),
    "restore": ("crawler.commands.backup:restore", "Put a backup back into an empty store."),
    "keys": ("crawler.commands.keys:keys", "Change the keys of this installation."),
    "doctor": ("crawler.commands.doctor:doctor", "Check this installation and say what to do."),
}
"""Name, where it lives, one line of help."""

FAILED, BAD_INPUT, SOME_BLIND, INTERRUPTED = 1, 2, 3, 130


@contextmanager
def importing() -> Iterator[None]:
    """Import without collections of garbage: what modules hold stays; looking it through takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class LazyGroup(click.Group):
    """A group that knows its commands by name, so that ``--help`` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command that is called."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        with importing():
            command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="haechi", message="%(prog)s %(version)s")
def haechi() -> None:
    """Watch public Telegram rooms for posts that name schools, for the people who protect students.

    Read-only, public places only, no media. A mention is a claim, never a fact.

    Exit codes: 0 done, 1 failed, 2 bad input or configuration, 3 done but some source was blind.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; SIGTERM ends it as Ctrl-C does, with everything closed."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(run_command(arguments))


def run_command(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code, every failure as one clear line on stderr."""
    try:
        result: Any = haechi.main(arguments, prog_name="haechi", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except ConfigError as problem:
        for line in problem.problems:
            click.echo(line, err=True)
        return BAD_INPUT
    except HaechiError as problem:
        click.echo(f"haechi: {problem}", err=True)
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as problem:
        click.echo(f"haechi: {problem.filename or 'this machine'}: {problem.strerror or problem}", err=True)
        return FAILED
