import os
import threading
from pathlib import Path

import pytest

from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.place import Place
from looplane.kit.embedded_pg.server import EmbeddedPostgres

from .running import ask, every_bin_dir, postmaster_pid, server_pids, started

WANTED = {
    "current_setting('data_checksums')": "on",
    "current_setting('fsync')": "on",
    "current_setting('synchronous_commit')": "on",
    "current_setting('listen_addresses')": "",
    "current_setting('server_encoding')": "UTF8",
    "current_setting('timezone')": "UTC",
    "to_tsvector('simple', 'ÄRGER Жук')::text": "'ärger':1 'жук':2",
    "current_database()": "looplane",
}


@pytest.mark.parametrize("bin_dir", every_bin_dir(), ids=str)
def test_rows_outlive_a_clean_restart(data_dir: Path, bin_dir: Path) -> None:
    with started(data_dir, bin_dir) as dsn:
        assert ask(dsn, f"SELECT ARRAY[{', '.join(WANTED)}]") == list(WANTED.values())
        ask(dsn, "CREATE TABLE notes AS SELECT 'kept' AS text")
    with started(data_dir, bin_dir) as again:
        assert again == dsn
        assert ask(again, "SELECT text FROM notes") == "kept"


def test_stop_leaves_nothing_and_may_be_called_again(data_dir: Path, bin_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, bin_dir)
    server.stop()
    server.start()
    assert server.owner
    assert postmaster_pid(data_dir) in server_pids(data_dir)
    server.stop()
    server.stop()
    assert not server.owner
    assert not server_pids(data_dir)
    assert "fast shutdown request" in (data_dir / "postgres.log").read_text()


@pytest.mark.usefixtures("cluster")
def test_a_terminals_interrupt_does_not_reach_the_server(data_dir: Path, bin_dir: Path) -> None:
    with started(data_dir, bin_dir):
        assert os.getpgid(postmaster_pid(data_dir)) != os.getpgid(0)


@pytest.mark.parametrize("name", ["long" * 50, "comma,space quote'\""])
def test_any_path_will_do(data_dir: Path, bin_dir: Path, name: str) -> None:
    deep = data_dir / name
    with started(deep, bin_dir) as dsn, started(deep, bin_dir) as guest:
        assert guest == dsn
        assert ask(dsn, "SELECT 1") == 1
        folder = (deep / "socket").readlink()
        assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()


def test_a_link_in_place_of_the_sockets_folder_is_not_followed(
    data_dir: Path, bin_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    deep, victim = data_dir / ("long" * 50), tmp_path / "victim"
    victim.mkdir(0o755)
    deep.mkdir(0o711, parents=True)
    (tmp_path / Place(deep, bin_dir).socket_name).symlink_to(victim)
    with pytest.raises(EmbeddedError, match="another user has it"), started(deep, bin_dir):
        pass
    assert victim.stat().st_mode & 0o777 == 0o755


def test_only_the_main_thread_may_start_it(data_dir: Path, bin_dir: Path) -> None:
    errors: list[Exception] = []

    def start() -> None:
        try:
            EmbeddedPostgres(data_dir, bin_dir).start()
        except EmbeddedError as error:
            errors.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(errors)
