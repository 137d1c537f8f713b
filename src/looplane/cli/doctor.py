"""`looplane doctor`."""

from collections.abc import Iterable
from dataclasses import asdict

import typer
from rich.table import Table
from rich.text import Text

from looplane.cli.called import pasteable
from looplane.cli.database_checks import check_database
from looplane.cli.finding import Finding
from looplane.cli.machine_checks import (
    check_data_dir,
    check_disk,
    check_environment,
    check_kept,
    check_permissions,
    check_port,
)
from looplane.cli.options import AsJson
from looplane.cli.output import plain, say
from looplane.kit.config import ConfigError, read_settings

_STYLES = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(*, as_json: AsJson = False) -> None:
    """Say what is wrong, and what to do, with database, disk, clock and all the rest."""
    findings = examine()
    well = all(each.state != "fail" for each in findings)
    document = {"ok": well, "checks": [asdict(each) for each in findings]}
    say(document, _text(findings), as_json=as_json)
    raise typer.Exit(0 if well else 1)


def examine() -> list[Finding]:
    """Everything there is to say."""
    try:
        settings = read_settings()
    except ConfigError as error:
        return [Finding("settings", "fail", line) for line in str(error).splitlines()]
    base, clock, migrations, events, key = check_database(settings)
    data, disk, permissions = (
        check(settings) for check in (check_data_dir, check_disk, check_permissions)
    )
    kept = check_kept(settings)
    findings = [base, data, disk, *kept, clock, permissions, key, migrations, events]
    return [*findings, check_port(settings), *check_environment()]


def _text(findings: Iterable[Finding]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for each in findings:
        action = f": {each.action}" if each.action else ""
        state = Text(each.state, _STYLES[each.state])
        grid.add_row(state, each.name, Text(pasteable(plain(f"{each.message}{action}"))))
    return grid
