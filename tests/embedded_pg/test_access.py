from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from looplane.kit.embedded_pg.server import EmbeddedPostgres

from .running import ask, server_pids, started


@pytest.mark.usefixtures("cluster")
def test_nobody_gets_in_without_the_password(data_dir: Path, bin_dir: Path) -> None:
    with started(data_dir, bin_dir) as dsn:
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(dsn, "SELECT 1", password="wrong")
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(dsn, "SELECT 1", user="postgres")
        assert not ask(dsn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")


@pytest.mark.usefixtures("cluster")
def test_other_users_cannot_come_near(data_dir: Path, bin_dir: Path) -> None:
    with started(data_dir, bin_dir):
        for name in ("socket", "socket/.s.PGSQL.5432", "postgres"):
            assert (data_dir / name).stat().st_mode & 0o777 == 0o700, name
        for name in ("postgres/looplane.password", "postgres.log"):
            assert (data_dir / name).stat().st_mode & 0o777 == 0o600, name


def test_the_password_is_told_to_nobody(
    data_dir: Path,
    bin_dir: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with started(data_dir, bin_dir) as dsn:
        password = urlsplit(dsn).password
        assert password
        shown = [repr(EmbeddedPostgres(data_dir, bin_dir)), caplog.text, *capfd.readouterr()]
        shown += [Path(f"/proc/{pid}/cmdline").read_text() for pid in server_pids(data_dir)]
    shown.append((data_dir / "postgres.log").read_text())
    assert "ready to accept connections" in shown[-1]
    assert not [text for text in shown if password in text]
