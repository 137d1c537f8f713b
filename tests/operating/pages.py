"""The chapters for an operator as what they are made of: blocks to paste, and words in backticks."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.environments import ROOT

INDEX = ROOT / "docs" / "operating.md"
README = ROOT / "README.md"
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A blank line, and where a function of a shell begins and ends.
_FRAME = re.compile(r"\s*|\w+\(\) \{|\}")
_SPAN = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `number` counts all of them from 0."""

    page: str
    number: int
    kind: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}-{self.number}"

    @property
    def commands(self) -> list[str]:
        """Its command lines, each as one line."""
        joined = self.text.replace("\\\n", " ")
        return [line for line in joined.splitlines() if not _FRAME.fullmatch(line)]


def chapters() -> list[Path]:
    """The pages for an operator, in the order in which the index has them."""
    names = re.findall(r"\((operating/\w+\.md)\)", INDEX.read_text())
    return [INDEX.parent / name for name in names]


def blocks(path: Path) -> list[Block]:
    """All of a page."""
    found = _BLOCK.findall(path.read_text())
    return [Block(path.stem, number, *each) for number, each in enumerate(found)]


def spans(path: Path) -> list[str]:
    """What a page has in backticks outside of its blocks."""
    return _SPAN.findall(_BLOCK.sub("", path.read_text()))


def words_of(line: str) -> list[str]:
    """A command line as a shell reads it, without its comment."""
    return shlex.split(line, comments=True)


def headings(path: Path) -> set[str]:
    """The anchors of a page."""
    found = re.findall(r"^#+ (.+)$", _BLOCK.sub("", path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in found}


def links(path: Path) -> Iterator[tuple[Path, str]]:
    """The files that a page links to, each with an anchor or an empty string."""
    words = _SPAN.sub("", _BLOCK.sub("", path.read_text()))
    for target in re.findall(r"\]\(([^)\s]+)\)", words):
        if "://" not in target:
            name, _, anchor = target.partition("#")
            yield (path.parent / name if name else path), anchor
