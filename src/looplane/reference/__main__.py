"""Prints the reference: `python -m looplane.reference docs/reference`."""

import json
import sys
from pathlib import Path

from looplane.contract import contract_text
from looplane.reference.pages import pages_of


def write_pages(folder: Path) -> None:
    """Writes each page into `folder`, and removes those that are no more."""
    pages = pages_of(json.loads(contract_text()))
    folder.mkdir(parents=True, exist_ok=True)
    for path in set(folder.glob("*.md")) - {folder / name for name in pages}:
        path.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
