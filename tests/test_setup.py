"""What `make` does before anything runs: in a new checkout, in a moved one, and where it cannot."""

import errno
import os
import pty
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environments import ROOT, copy_checkout, lend_packages, plain_environ


def make(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`make` as a newcomer calls it, in a shell of theirs."""
    command = ["make", "PYTHON=./python3", *words]
    return subprocess.run(
        command, cwd=checkout, env=plain_environ(), check=False, capture_output=True, text=True
    )


def copied(folder: Path) -> Path:
    """A checkout, and a Python that makes environments without pip, which takes seconds."""
    checkout = copy_checkout(folder)
    shutil.copy(ROOT / "Makefile", checkout)
    python = checkout / "python3"
    python.write_text(
        "#!/bin/sh\n"
        'if [ "$3" = .venv ]; then set -- -m venv --without-pip .venv; fi\n'
        f'exec {sys.executable} "$@"\n'
    )
    python.chmod(0o755)
    return checkout


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A checkout that is set up, and what was said meanwhile."""
    with tempfile.TemporaryDirectory() as folder:  # closed to others, as a home may be
        checkout = copied(Path(folder) / "a first name")
        lend_packages(checkout / ".venv")
        done = make(checkout, "setup")
        assert done.returncode == 0, done.stdout + done.stderr
        yield checkout, done.stdout


def where_it_runs(checkout: Path, words: list[str]) -> str:
    """Which sources a command of the environment runs."""
    asked = subprocess.run(
        words, cwd="/", env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


def test_setting_up_says_how_far_it_is(first: tuple[Path, str]) -> None:
    checkout, said = first
    count = len(re.findall(r"(?m)^\S+==", (checkout / "requirements/run.txt").read_text()))
    assert f"  20 of {count}: " in said
    assert f"  40 of {count}: " in said
    assert "Setting up" not in make(checkout, "setup").stdout


def in_a_terminal(command: list[str], env: dict[str, str]) -> tuple[int, str]:
    """The exit code of a command, and what a person saw."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while piece := os.read(ours, 65_536):
            seen += piece
    except OSError as error:  # so a terminal says that nobody is there any more
        assert error.errno == errno.EIO  # that, and nothing else
    os.close(ours)
    return process.wait(), seen.decode()


def test_in_a_terminal_progress_is_one_line_and_a_failure_is_told(tmp_path: Path) -> None:
    listed = ROOT / "requirements/run.txt"
    names = re.findall(r"(?m)^(\S+)==", listed.read_text())
    installer = tmp_path / "pip/__main__.py"
    installer.parent.mkdir()
    installer.with_name("__init__.py").touch()
    installer.write_text(
        "import sys\n"
        f"for name in {names}: print('Collecting', name)\n"
        "print('ERROR: No answer from the network.')\n"
        "sys.exit(1)\n"
    )
    env = plain_environ() | {"PYTHONPATH": str(tmp_path)}
    code, seen = in_a_terminal([sys.executable, "requirements/install.py", str(listed)], env)
    assert code
    progress, _, told = seen.rpartition("\r\x1b[K")
    assert progress.count("\r") == len(names)
    assert f"{len(names)} of {len(names)}: {names[-1]}" in progress
    assert "\n" not in progress
    assert "No answer from the network." in told
    assert "`make setup` goes on where this ended" in told


def test_who_stops_the_setting_up_is_told_how_it_goes_on_without_a_trace(tmp_path: Path) -> None:
    installer = tmp_path / "pip/__main__.py"
    installer.parent.mkdir()
    installer.with_name("__init__.py").touch()
    # Ctrl-C reaches all that run in a terminal.
    installer.write_text(
        "import os, signal, sys\n"
        "print('Collecting one', flush=True)\n"
        "os.kill(os.getppid(), signal.SIGINT)\n"
        "sys.stdin.read()\n"
    )
    command = ["env", "--default-signal=INT", sys.executable]
    with subprocess.Popen(
        [*command, "requirements/install.py", "requirements/run.txt"],
        cwd=ROOT,
        env=plain_environ() | {"PYTHONPATH": str(tmp_path)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        _, told = process.communicate()
    assert process.returncode == 1
    assert "Stopped; `make setup` goes on where this ended." in told
    assert "Traceback" not in told


def test_a_moved_checkout_runs_from_where_it_is(first: tuple[Path, str]) -> None:
    checkout, _ = first
    moved = checkout.with_name("another name")
    # The one that it was copied from stays: nothing of it may run here.
    shutil.copytree(checkout, moved, symlinks=True)
    print_place = "import looplane; print(looplane.__file__)"
    place = where_it_runs(moved, [str(moved / ".venv/bin/python"), "-c", print_place])
    assert Path(place).is_relative_to(moved)
    script = moved / ".venv/bin/looplane"
    assert str(checkout) not in script.read_text()
    assert "Run it" in where_it_runs(moved, [str(script), "--help"])
    shutil.rmtree(moved / "src/looplane/cli")
    with pytest.raises(subprocess.CalledProcessError):
        where_it_runs(moved, [str(script), "--help"])
    assert "Setting up" not in make(moved, "setup").stdout
    shutil.rmtree(moved)


def test_only_what_begins_with_the_place_of_python_is_rewritten(tmp_path: Path) -> None:
    scripts = tmp_path / "bin"
    scripts.mkdir()
    line = b"#!/opt/looplane/.venv/bin/python3\n"
    (scripts / "a-script").write_bytes(line + b"print()\n")
    (scripts / "a-program").write_bytes(b"\x7fELF" + line)
    runpy.run_path(str(ROOT / "requirements/install.py"))["make_movable"](tmp_path, tmp_path)
    assert line not in (scripts / "a-script").read_bytes()
    assert (scripts / "a-program").read_bytes() == b"\x7fELF" + line


def test_an_environment_without_its_python_is_made_anew(first: tuple[Path, str]) -> None:
    checkout = first[0].with_name("upgraded")
    shutil.copytree(first[0], checkout, symlinks=True)
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        (checkout / ".venv/bin" / name).unlink()
        (checkout / ".venv/bin" / name).symlink_to("/nowhere/python3")
    script = str(checkout / ".venv/bin/looplane")
    refused = subprocess.run([script, "--help"], check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "`make setup`" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    # Which packages come then is not asked here.
    (checkout / "requirements/install.py").write_text("")
    said = make(checkout, "setup")
    assert said.returncode == 0, said.stderr
    assert "Setting it up anew." in said.stdout
    assert (checkout / ".venv/bin/python").exists()
    shutil.rmtree(checkout)


def test_a_checkout_of_somebody_else_is_left_as_it_is() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        checkout = copied(Path(folder) / "checkout")
        kept = checkout / ".venv/kept"
        kept.parent.mkdir()
        kept.touch()
        checkout.chmod(0o555)
        done = subprocess.run(
            ["make", "setup"],
            cwd=checkout,
            env=plain_environ(),
            user=65534 if os.getuid() == 0 else None,  # root may write anywhere
            check=False,
            capture_output=True,
            text=True,
        )
        checkout.chmod(0o755)
        assert done.returncode == 2
        assert "may not write into" in done.stdout
        assert len((done.stdout + done.stderr).splitlines()) == 3
        assert kept.exists()


def test_a_python_that_makes_no_environments_is_named_with_what_to_do(tmp_path: Path) -> None:
    """As on Debian without the package python3-venv."""
    checkout = copied(tmp_path / "checkout")
    python = tmp_path / "python3"
    python.write_text(
        f"#!{sys.executable}\n"
        "import runpy, sys\n"
        "sys.modules['ensurepip'] = None\n"
        "if sys.argv[1] == '-m':\n"
        "    sys.exit('The virtual environment was not created: ensurepip is not available.')\n"
        "exec(sys.argv[2])\n"
    )
    python.chmod(0o755)
    said = make(checkout, f"PYTHON={python}", "setup")
    assert said.returncode == 2
    assert "apt-get install python3-venv" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr
    assert not (checkout / ".venv").exists()


def test_the_audit_says_that_it_waits(first: tuple[Path, str]) -> None:
    checkout, _ = first
    tool = checkout / ".venv/bin/pip-audit"
    tool.write_text("#!/bin/sh\nexit 124\n")  # as `timeout` ends what takes too long
    tool.chmod(0o755)
    (checkout / ".venv/dev.stamp").touch()
    said = make(checkout, "audit")
    assert said.returncode
    assert "2 minutes at the most" in said.stdout
    assert "No answer came" in said.stdout


def test_what_tests_start_ends_at_ctrl_c_also_from_the_background() -> None:
    """A shell starts such a command with the signal ignored, and so do its children."""
    child = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    parent = (
        "import subprocess, sys; from tests.lanes import pytest_configure; {}"
        f"subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    )
    for begun, seen in (("", "True"), ("pytest_configure(); ", "False")):
        command = f"trap '' INT; exec {sys.executable} -c \"$0\""
        asked = subprocess.run(
            ["sh", "-c", command, parent.format(begun)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        assert asked.stdout.strip() == seen
