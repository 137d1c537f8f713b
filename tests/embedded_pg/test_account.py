"""Which user PostgreSQL runs as when we are root, on machines that have other users."""

import os
import pwd
import shutil
import sys
from pathlib import Path

import pytest

from looplane.kit.embedded_pg import system_account
from looplane.kit.embedded_pg.errors import EmbeddedError

from .namespaces import mounted, running
from .running import PROGRAM, answers, pids_of, postmaster_pid, said, server_pids, started

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def etc(folder: Path, *names: str) -> list[str]:
    """What to write before a command for an /etc that knows only root and those names."""
    shutil.copytree("/etc", folder, symlinks=True)
    for file in ("passwd", "group", "shadow", "gshadow"):
        lines = (folder / file).read_text().splitlines(keepends=True)
        known = [line for line in lines if line.split(":")[0] in {"root", *names}]
        (folder / file).write_text("".join(known))
    return mounted(folder, Path("/etc"))


@needs_root
@pytest.mark.parametrize("names", [("nobody",), ("nobody", "postgres")])
def test_the_account_is_never_nobody(
    data_dir: Path, bin_dir: Path, tmp_path: Path, names: tuple[str, ...]
) -> None:
    folder = tmp_path / "etc"
    command = [sys.executable, str(PROGRAM), str(data_dir), str(bin_dir)]
    with running([*etc(folder, *names), *command]) as program:
        said(program)
        (pid,) = pids_of(data_dir, "postmaster")
        uid = Path(f"/proc/{pid}").stat().st_uid
    lines = [line.split(":") for line in (folder / "passwd").read_text().splitlines()]
    (account,) = [line for line in lines if int(line[2]) == uid]
    if "postgres" in names:
        assert account[0] == "postgres"
        assert {line[0] for line in lines} == {"root", *names}
    else:
        assert account[0] == "looplane"
        assert account[6].endswith("nologin")


@needs_root
@pytest.mark.parametrize(("program", "reason"), [("false", "said nothing"), ("/no", "is no /no")])
def test_without_an_account_it_is_said_what_to_do(
    data_dir: Path, bin_dir: Path, monkeypatch: pytest.MonkeyPatch, program: str, reason: str
) -> None:
    monkeypatch.setattr(system_account, "USUAL", ("no-such-account",))
    monkeypatch.setattr(system_account, "ADD", (program, "--system"))
    with pytest.raises(EmbeddedError) as caught, started(data_dir, bin_dir):
        pass
    assert reason in str(caught.value)
    assert f"Run `{program} --system`" in str(caught.value)
    assert not server_pids(data_dir)


@pytest.mark.usefixtures("cluster")
@needs_root
def test_a_cluster_stays_with_its_owner(
    data_dir: Path, bin_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with started(data_dir, bin_dir):
        assert "runs as nobody" not in caplog.text
    cluster, nobody = data_dir / "postgres", pwd.getpwnam("nobody")
    usual = cluster.stat().st_uid
    for path in [data_dir / "socket", cluster, *cluster.rglob("*")]:
        if path.stat().st_uid == usual:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    with started(data_dir, bin_dir) as dsn:
        assert answers(dsn)
        assert Path(f"/proc/{postmaster_pid(data_dir)}").stat().st_uid == nobody.pw_uid
    assert f"PostgreSQL runs as nobody, who owns {cluster}" in caplog.text
