"""What a program needs of its database: dated SQL files, each applied once, and functions."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from looplane.kit.functions import StoredFunction

# Says among the first comments of a file that programs without it cannot go on, and why.
_BREAKS = re.compile(r"-- breaks older programs(?:: *(.*))?", re.IGNORECASE)
_NO_REASON = "it changes what they use"


class MigrationError(Exception):
    """Says why this program and the database do not fit, and what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """What tells whether the file is still the one that was applied."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def breaks_older(self) -> str | None:
        """Why programs that lack this migration cannot go on beside it; None where they can."""
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            if found := _BREAKS.fullmatch(line.strip()):
                return found[1] or _NO_REASON
        return None


@dataclass(frozen=True, slots=True)
class Migrations:
    """All files in the order of their names, and the stored functions in that of their creation.

    Read once, at the start: an upgrade may exchange the files under a program that runs.
    """

    files: Mapping[str, Migration] = field(default_factory=dict)
    functions: Sequence[StoredFunction] = ()


def folder_of(name: str) -> Path:
    """The folder `name` (migrations, contract, docs) of an installed package or of a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / name
    return installed if installed.is_dir() else package.parent.parent / name


def read_migrations(functions: Sequence[StoredFunction], folder: Path | None = None) -> Migrations:
    """The files in `folder`, or in the program's own, beside these functions."""
    paths = sorted((folder or folder_of("migrations")).glob("*.sql"))
    read = [Migration(path.name, path.read_text(encoding="utf-8")) for path in paths]
    return Migrations({each.name: each for each in read}, tuple(functions))
