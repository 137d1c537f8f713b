"""What the tests must notice: one rule broken at a time, and which tests are to say so."""

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent


class Mutation(NamedTuple):
    """One passage of one file, replaced by what is wrong; `tests` are paths below `tests/`."""

    name: str
    file: str
    old: str
    new: str
    tests: str

    def applied(self, text: str) -> str:
        """The text of the file with the mutation in it. Raises LookupError for a stale one."""
        found = text.count(self.old)
        if found != 1:
            msg = f"{self.name}: the old text stands {found} times in {self.file}"
            raise LookupError(msg)
        return text.replace(self.old, self.new)
