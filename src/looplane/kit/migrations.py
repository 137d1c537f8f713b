"""What a program needs of its database: dated SQL files, each applied once, and functions."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from looplane.kit.functions import StoredFunction

# Says among the first comments of a file that programs without it cannot go on, and why.
_BREAKS = re.compile(r"-- breaks older programs(?:: *(.*))?", re.IGNORECASE)
# The first release read its files by its locale, and kept digests of what it then saw.
_FORMERLY_READ_AS = (
    *(f"iso8859-{number}" for number in range(1, 17) if number != 12),  # noqa: PLR2004 - none is
    *(f"cp{number}" for number in range(1250, 1259)),
    "koi8-r",
    "koi8-u",
)
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

    def was_applied_as(self, digest: str) -> bool:
        """Whether `digest` is this file's, also as the first release saw it in another locale."""
        return digest == self.digest or digest in self._former_digests()

    def _former_digests(self) -> Iterator[str]:
        content = self.text.encode()
        for encoding in _FORMERLY_READ_AS:
            with suppress(UnicodeDecodeError):
                yield hashlib.sha256(content.decode(encoding).encode()).hexdigest()

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
