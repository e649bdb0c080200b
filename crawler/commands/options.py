"""Options that many commands have."""

import click

from evidence.errors import ConfigError

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON Lines. Example: --json")
reveal_option = click.option(
    "--reveal", metavar="REASON", help="Unmask personal text; the reason is logged. Example: --reveal 'court order 12'"
)


def checked_reason(reveal: str | None) -> str | None:
    """The reason of a reveal; None where nothing is revealed.

    Raises:
        ConfigError: it is blank.
    """
    if reveal is not None and not reveal.strip():
        raise ConfigError('--reveal: "" is no reason; expected one that can be looked up later, such as case-12')
    return reveal.strip() if reveal else None
