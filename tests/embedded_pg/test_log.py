import asyncio
from pathlib import Path

import asyncpg
import pytest

from looplane.kit.embedded_pg import log
from looplane.kit.embedded_pg.server import EmbeddedPostgres

from .running import ask, come_about


@pytest.mark.usefixtures("cluster")
def test_the_log_does_not_grow_without_end(data_dir: Path, bin_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, bin_dir)
    dsn = server.start()
    current, before = data_dir / "postgres.log", data_dir / "postgres.log.1"
    with current.open("ab") as file:
        file.write(bytes(log.LIMIT))

    async def scenario() -> None:
        keeper = asyncio.create_task(server.keep())
        await come_about(lambda: log.size(current) < log.LIMIT)
        keeper.cancel()

    asyncio.run(scenario())
    assert log.size(before) > log.LIMIT
    assert before.stat().st_mode & 0o777 == 0o600
    with pytest.raises(asyncpg.UndefinedTableError):
        ask(dsn, "SELECT * FROM nothing_of_that_name")
    server.stop()
    assert "nothing_of_that_name" in current.read_text()
    assert log.size(current) < log.LIMIT
