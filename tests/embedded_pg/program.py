"""Runs or joins the server in argv[1] with the programs in argv[2], until it is killed.

Prints whether it is the owner, again at each change.
"""

import asyncio
import sys
from pathlib import Path

from looplane.kit.embedded_pg.errors import EmbeddedError
from looplane.kit.embedded_pg.server import EmbeddedPostgres


async def keep(server: EmbeddedPostgres, dsn: str) -> None:
    keeper = asyncio.create_task(server.keep())
    told = None
    while not keeper.done():
        if server.owner != told:
            told = server.owner
            sys.stdout.write(f"{'owner' if told else 'guest'} {dsn}\n")
            sys.stdout.flush()
        await asyncio.sleep(0.02)
    await keeper


def main() -> None:
    server = EmbeddedPostgres(Path(sys.argv[1]), Path(sys.argv[2]))
    try:
        dsn = server.start()
    except EmbeddedError as error:
        sys.exit(str(error))
    asyncio.run(keep(server, dsn))


if __name__ == "__main__":
    main()
