"""What a command says: its outcome on standard output, all else on standard error."""

import codecs
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from looplane.cli.called import pasteable

# Where no terminal sets the width, nothing is folded: the reader is a program or a file.
_ENDLESS = 10_000


def say(document: object, text: RenderableType, *, as_json: bool) -> None:
    """The outcome: `document` for a program, or `text` for a person."""
    if as_json:
        is_utf8 = codecs.lookup(sys.stdout.encoding).name == "utf-8"
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=not is_utf8) + "\n")
    else:
        console = _console(sys.stdout)
        with console.capture() as printed:
            console.print(pasteable(plain(text)) if isinstance(text, str) else text, crop=False)
        # A table fills its last column with blanks.
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())


def show(text: RenderableType) -> None:
    """A table beside the outcome."""
    _console(sys.stderr).print(text)


def note(text: str, style: str = "dim") -> None:
    """A line beside the outcome."""
    _console(sys.stderr).print(Text(pasteable(plain(text)), style))


def fail(text: str) -> None:
    """Why there is no outcome, and what to do."""
    _console(sys.stderr).print(Text.assemble(("Error: ", "bold red"), pasteable(plain(text))))


def card(title: str, fields: Mapping[str, str], last: str = "") -> RenderableType:
    """A sentence, the facts below it, and a last one; a command in it stays one line, to copy."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in fields.items():
        grid.add_row(f"  {name}", plain(value))
    whole = ": looplane " in last
    end = (
        ("", Text(pasteable(plain(last)), no_wrap=whole, overflow="ignore" if whole else "fold"))
        if last
        else ()
    )
    return Group(Text(plain(title)), "", grid, *end)


def listing(columns: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> RenderableType:
    """Rows under their headings."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "id")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(plain(cell)) for cell in row))
    return table


def day(moment: str) -> str:
    """The day of a time in ISO 8601."""
    return moment[:10]


def plain(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "�" for sign in text)


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() else _ENDLESS
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
