"""How this program is called, so that what it says to run can be pasted."""

import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_NAME = "looplane"
# Where a command stands in what we say.
_COMMAND = re.compile(rf"(`|: ){_NAME}(?= [a-z-])")


@cache
def command() -> str:
    """The words that call this program from the present folder, quoted for a shell."""
    return spelled(sys.argv[0], sys.executable, shutil.which(_NAME))


def spelled(called: str, python: str, found: str | None) -> str:
    """The same for a program that was called as `called` and runs on `python`.

    `found` is what a shell finds by our name alone, if anything.
    """
    script = Path(called)
    if script.parts[-3:] == (_NAME, "cli", "__main__.py"):
        script = Path(python).with_name(_NAME)
        if not script.exists():
            return f"{_from_here([Path(python)])} -m looplane.cli"
    if script.name != _NAME:
        return _NAME
    if found is not None and script.exists() and Path(found).exists() and script.samefile(found):
        return _NAME
    return _from_here([script])


def pasteable(text: str) -> str:
    """`text` with each command of ours as it is to be called."""
    return _COMMAND.sub(lambda match: f"{match[1]}{command()}", text)


def _from_here(words: Sequence[Path]) -> str:
    here = Path.cwd()
    absolute = [here / word for word in words]
    return shlex.join(
        str(each.relative_to(here) if each.is_relative_to(here) else each) for each in absolute
    )
