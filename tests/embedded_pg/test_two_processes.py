from pathlib import Path

import pytest

from looplane.kit.embedded_pg.server import EmbeddedPostgres

from .running import answers, ask, postmaster_pid, programs, said, started, wait_for


def test_of_two_started_at_once_one_owns_the_server(data_dir: Path, bin_dir: Path) -> None:
    with programs(data_dir, bin_dir, 2) as both:
        roles, dsns = zip(*[said(program) for program in both], strict=True)
        assert sorted(roles) == ["guest", "owner"]
        assert len(set(dsns)) == 1
        assert answers(dsns[0])


@pytest.mark.usefixtures("cluster")
def test_a_guest_takes_over_when_the_owner_is_killed(data_dir: Path, bin_dir: Path) -> None:
    with programs(data_dir, bin_dir, 1) as (owner,):
        _, dsn = said(owner)
        ask(dsn, "CREATE TABLE notes AS SELECT 'kept' AS text")
        with programs(data_dir, bin_dir, 1) as (guest,):
            assert said(guest) == ("guest", dsn)
            before = postmaster_pid(data_dir)
            owner.kill()
            assert said(guest) == ("owner", dsn)
            wait_for(lambda: answers(dsn))
            assert ask(dsn, "SELECT text FROM notes") == "kept"
            assert postmaster_pid(data_dir) != before


@pytest.mark.usefixtures("cluster")
def test_a_guest_that_stops_leaves_the_server_alone(data_dir: Path, bin_dir: Path) -> None:
    with started(data_dir, bin_dir) as dsn:
        guest = EmbeddedPostgres(data_dir, bin_dir)
        assert guest.start() == dsn
        assert not guest.owner
        guest.stop()
        assert ask(dsn, "SELECT 1") == 1
