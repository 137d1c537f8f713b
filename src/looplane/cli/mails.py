"""`looplane mails`."""

from pathlib import Path
from typing import Annotated

import typer

from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.delivery.email.preview.rules import previews


def mails(
    folder: Annotated[Path, typer.Argument(help="Where they go; it is made if need be.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write a preview of each kind of mail into a folder: as HTML, as text, and as its source."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in previews().items():
        (folder / name).write_bytes(content)
        written.append(name)
    facts = {"folder": str(folder), "files": "\n".join(written)}
    document = {"folder": str(folder), "files": written}
    say(document, card("Written.", facts, "Open them in a browser."), as_json=as_json)
