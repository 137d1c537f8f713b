"""Fills `.venv` with what is listed: `.venv/bin/python requirements/install.py LIST [--editable]`.

Says how far it is, and leaves nothing in the environment that names the folder it is in, so that
a checkout may be moved or renamed. With `--editable` the checkout itself is installed too.
"""

import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
_LINE_PER = 20  # packages, where a line cannot be written over
_LAST_WORDS = 15  # lines of pip's that are shown when it fails
_GOES_ON = "`make setup` goes on where this ended."
_FOUND = re.compile(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)")
_POINTS_TO_PYTHON = re.compile(
    rb"\A#!(?:/.*/python[\d.]*|/bin/sh\n'''exec' .*/python[\d.]*\"? \"\$0\" \"\$@\"\n' ''')\n"
)
# A shell reads the first lines, which are a string to Python; it finds Python beside the script.
_FINDS_PYTHON = b"""#!/bin/sh
'''true'
here="$(dirname -- "$(realpath -- "$0")")"
if [ ! -x "$here/python" ]; then
  echo "There is no Python in $here any more: run \\`make setup\\`." >&2
  exit 1
fi
exec "$here/python" "$0" "$@"
' '''
"""


def main(listed: Path, *, editable: bool) -> int:
    """Pip's exit code. A progress line for what `listed` names, then pip's words if it failed."""
    requirements = ["--require-hashes", "-r", str(listed)]
    if code := _run(requirements, total=len(re.findall(r"(?m)^\S+==", listed.read_text()))):
        return code
    if editable and (code := _run(["--no-deps", "--no-build-isolation", "-e", "."], total=0)):
        return code
    make_movable(Path(sys.prefix), Path.cwd())
    return 0


def make_movable(environment: Path, checkout: Path) -> None:
    """Scripts find Python beside themselves, and Python finds `checkout` from where it is."""
    for script in (environment / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            _rewrite(script, _POINTS_TO_PYTHON.sub(_FINDS_PYTHON, script.read_bytes(), count=1))
    for path in environment.glob("lib/python*/site-packages/_editable_impl_looplane.pth"):
        # What it names may be the place of a former checkout: nothing else is installed so.
        upwards = "/".join([".."] * len(path.parent.relative_to(checkout).parts))
        _rewrite(path, f"{upwards}/src".encode())


def _rewrite(path: Path, content: bytes) -> None:
    if content != path.read_bytes():
        path.write_bytes(content)


def _run(arguments: list[str], *, total: int) -> int:
    command = [*_PIP, "install", "--progress-bar", "off", *arguments]
    last: deque[str] = deque(maxlen=_LAST_WORDS)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        assert pip.stdout is not None, "asked for"
        for line in _with_progress(pip.stdout, total):
            last.append(line)
    if pip.returncode:
        sys.stderr.writelines(last)
        sys.stderr.write(f"Not all could be installed; {_GOES_ON}\n")
    return pip.returncode


def _with_progress(lines: Iterator[str], total: int) -> Iterator[str]:
    """The same lines, while the terminal or the log is told how far they are."""
    count = 0
    for line in lines:
        if (found := _FOUND.match(line)) and count < total:
            count += 1
            _tell(f"  {count} of {total}: {found[1]}", is_due=count % _LINE_PER == 0)
        elif total and line.startswith("Installing collected packages"):
            _tell("  Putting them in their places…", is_due=True)
        yield line
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()


def _tell(text: str, *, is_due: bool) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K{text}")
    elif is_due:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]), editable="--editable" in sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(f"\nStopped; {_GOES_ON}")
