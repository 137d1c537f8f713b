"""The help of each command can be read where it is read most: in 80 columns."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from looplane.cli.app import command_line, main


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from _commands(each, (*words, name))


COMMANDS = dict(_commands(typer.main.get_command(command_line())))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_it_names_each_option_whole(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    for each in COMMANDS[words].params:
        for name in (*each.opts, *each.secondary_opts) if each.param_type_name == "option" else ():
            assert f" {name} " in shown
            assert not name.startswith("--no-"), "it is as it is without the option"
