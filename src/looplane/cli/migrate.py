"""`looplane migrate`."""

from looplane.cli.database import on_database
from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.kit.db import Connection
from looplane.kit.migrate import migrate as apply_migrations
from looplane.main import FUNCTIONS


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database up to date."""

    async def work(con: Connection) -> list[str]:
        return await apply_migrations(con, FUNCTIONS)

    done = on_database(work)
    applied = {str(number): name for number, name in enumerate(done, 1)}
    text = card("Applied:", applied) if done else "The database is up to date."
    say({"applied": done}, text, as_json=as_json)
