"""A backup comes back whole, on any server, or not at all."""

import asyncio
import io
import stat
import tarfile
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from looplane.backups import archive as files
from looplane.event_partitions import are_positions_behind
from looplane.kit.database import connected
from tests.backups.conftest import KEY, Desk, contents, fingerprints
from tests.cli.conftest import ask
from tests.embedded_pg.running import wait_for
from tests.processes import BLOCKS, come_about

pytestmark = pytest.mark.processes
FILES = {"picture": bytes(range(256)) * 4000, "empty": b""}


def check_restored(desk: Desk, url: str, data: Path) -> None:
    """All is there: rows by their own comparison, files, key, and events that go on in order."""
    assert fingerprints(url) == fingerprints(desk.url)
    assert len(fingerprints(url)) > 70
    query = 'select o::text from "Odd, (table)" o order by id'
    assert ask(url, query) == ask(desk.url, query)
    assert {each.name: each.read_bytes() for each in (data / "files/one").iterdir()} == FILES
    secret = [data / "secret.key", data / "files/one/picture"]
    assert secret[0].read_text() == KEY
    assert {stat.S_IMODE(each.stat().st_mode) for each in secret} == {0o600}

    async def behind() -> bool:
        async with connected(url) as con:
            return await are_positions_behind(con)

    assert not asyncio.run(behind())


def test_into_an_older_server(
    desk: Desk, older: str, archive: Path, looplane: Any, tmp_path: Path
) -> None:
    url = desk.new_database(older)
    chosen = {"database_url": url, "data_dir": tmp_path / "data"}
    found = looplane("restore", archive, "--json", **chosen).document
    assert found["manifest"]["secret_key"] == "included"
    assert found["manifest"]["files"] == {"count": 2, "bytes": 1_024_000, "missing": 0}
    check_restored(desk, url, tmp_path / "data")
    assert looplane("workspace", "list", **chosen).code == 0
    # And from there, by a newer pg_dump, into a newer one.
    looplane("backup", tmp_path / "back.tar", **chosen)
    newer = desk.new_database(desk.url)
    back = {"database_url": newer, "data_dir": tmp_path / "back"}
    assert looplane("restore", tmp_path / "back.tar", **back).code == 0
    assert fingerprints(newer) == fingerprints(url)


def test_into_an_embedded_database(desk: Desk, archive: Path, looplane: Any) -> None:
    there = desk.folder / "restored"
    assert "by count and by hash" in looplane("restore", archive, data_dir=there).out
    assert "is not empty" in looplane("restore", archive, data_dir=there).complaint
    (there / "files/one/empty").write_text("mine")
    again = looplane("restore", archive, data_dir=there).complaint
    assert f"files in {there / 'files'}" in again


def test_into_what_is_not_empty(archive: Path, looplane: Any, desk: Desk, tmp_path: Path) -> None:
    before = fingerprints(desk.url)
    chosen = {"database_url": desk.url, "data_dir": tmp_path}
    complaint = looplane("restore", archive, **chosen).complaint
    assert "is not empty: public." in complaint
    assert " more" in complaint
    assert fingerprints(desk.url) == before
    assert not list(tmp_path.iterdir())


def test_beside_another_key(archive: Path, looplane: Any, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("another")
    chosen = {"database_url": desk.new_database(desk.url), "data_dir": tmp_path}
    assert "is another key" in looplane("restore", archive, **chosen).complaint
    assert (tmp_path / "secret.key").read_text() == "another"


def _places(archive: Path) -> dict[str, int]:
    """A byte of each kind."""
    with tarfile.open(archive) as tar:
        members = {each.name: each for each in tar}
    middle = {name: each.offset_data + each.size // 2 for name, each in members.items()}
    dump = members["database.dump"]
    picked = ("database.dump", "files/one/picture", "secret.key", "manifest.json", "sha256")
    return {**{name: middle[name] for name in picked}, "a header": dump.offset + 3}


def test_a_changed_byte_is_found(archive: Path, looplane: Any, desk: Desk, tmp_path: Path) -> None:
    url = desk.new_database(desk.url)
    whole = archive.read_bytes()
    damaged = tmp_path / "damaged.tar"
    chosen = {"database_url": url, "data_dir": tmp_path / "data"}
    for at in _places(archive).values():
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert "Take another" in looplane("restore", damaged, **chosen).complaint
    for end in (0, 100, len(whole) // 2, len(whole) - 1024 - 600):
        damaged.write_bytes(whole[:end])
        assert "Take another" in looplane("restore", damaged, **chosen).complaint
    assert contents(url) == []
    assert not (tmp_path / "data").exists()


def test_what_a_killed_restore_left(
    archive: Path, looplane: Any, desk: Desk, tmp_path: Path
) -> None:
    url = desk.new_database(desk.url)
    chosen = {"database_url": url, "data_dir": tmp_path / "data"}

    async def kill() -> None:
        # A table that is about to be there: who makes it too waits.
        con = await asyncpg.connect(url)
        await con.execute("begin; create table workspaces ()")
        process = desk.start("restore", str(archive), **chosen)
        async with asyncio.timeout(60):
            while not await con.fetchval(BLOCKS):
                assert process.poll() is None, process.communicate()
                await asyncio.sleep(0.02)
        process.kill()
        process.communicate()
        await con.close()

    asyncio.run(kill())
    wait_for(
        lambda: (
            len(ask(url, "select from pg_stat_activity where datname = current_database()")) == 1
        )
    )
    assert contents(url) == []
    assert looplane("restore", archive, **chosen).code == 0
    check_restored(desk, url, tmp_path / "data")
    # One that was killed at its very end leaves files and key, and no rows.
    chosen["database_url"] = url = desk.new_database(desk.url)
    again = looplane("restore", archive, **chosen)
    assert again.code == 0, again.err
    check_restored(desk, url, tmp_path / "data")
    assert {each.name for each in (tmp_path / "data").iterdir()} == {"files", "secret.key"}
    (tmp_path / "data/files/more").touch()
    chosen["database_url"] = desk.new_database(desk.url)
    assert "there are files in" in looplane("restore", archive, **chosen).complaint


async def test_who_starts_in_the_middle_waits(archive: Path, desk: Desk, tmp_path: Path) -> None:
    url = await asyncio.to_thread(desk.new_database, desk.url)
    chosen = {"database_url": url, "data_dir": tmp_path / "data"}
    waits = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
    con = await asyncpg.connect(url)
    await con.execute("begin; create table workspaces ()")
    both = [desk.start("restore", str(archive), **chosen)]
    await come_about(lambda: con.fetchval(BLOCKS))
    both.append(desk.start("migrate", **chosen))
    await come_about(lambda: con.fetchval(waits))
    await con.close()
    said = [await asyncio.to_thread(each.communicate) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    await asyncio.to_thread(check_restored, desk, url, tmp_path / "data")


def test_a_row_that_is_not_the_same_is_found(desk: Desk) -> None:
    before = fingerprints(desk.url)
    ask(desk.url, 'update "Odd, (table)" set id = id')  # they lie in another order now
    ask(desk.url, "vacuum full tags")
    assert fingerprints(desk.url) == before
    ask(desk.url, """update "Odd, (table)" set "İ" = '' where id = 2""")
    after = fingerprints(desk.url)
    ask(desk.url, """update "Odd, (table)" set "İ" = null where id = 2""")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {'public."Odd, (table)"'}


def test_names_that_other_letters_make_one_are_said(
    desk: Desk, older: str, looplane: Any, tmp_path: Path
) -> None:
    url, into = desk.new_database(older), desk.new_database(desk.url)
    chosen = {"data_dir": tmp_path / "data"}
    assert looplane("migrate", database_url=url, **chosen).code == 0
    ask(
        url,
        "create table odd (name text, key text generated always as (fold_name(name)) stored unique)",
    )
    ask(url, "insert into odd values ('1º'), ('1o')")
    path = tmp_path / "looplane.tar"
    assert looplane("backup", path, database_url=url, **chosen).code == 0
    for words in (["restore", path], ["move", "--to", into]):
        source = into if words[0] == "restore" else url
        complaint = looplane(*words, database_url=source, **chosen).complaint
        assert "two rows of odd are the same" in complaint
        assert "Key (key)=(1o) is duplicated." in complaint
        assert not contents(into)
    assert looplane("doctor", database_url=url, **chosen).code == 0, "it is open again"


def test_nothing_is_written_beside_the_folder(looplane: Any, tmp_path: Path) -> None:
    path = tmp_path / "hostile.tar"
    with files.new_file(path) as file:
        writer = files.ArchiveWriter(file)
        writer.add("files/../../beside", io.BytesIO(b"x"))
        writer.finish({"format": 1})
    complaint = looplane("restore", path, data_dir=tmp_path / "data").complaint
    assert "'files/../../beside' has no place in a backup" in complaint
