"""`looplane migrate`."""

from looplane.cli.database import on_database
from looplane.cli.options import AsJson
from looplane.cli.output import card, note, say
from looplane.kit.database import Connection
from looplane.kit.ledger import Comparison
from looplane.runtime import migrate_tables
from looplane.tables import MIGRATIONS


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database up to date."""

    async def work(con: Connection) -> Comparison:
        return await migrate_tables(con, MIGRATIONS)

    found = on_database(work, creates=True)
    if found.notice:
        note(found.notice)
    applied = {str(number): name for number, name in enumerate(found.outstanding, 1)}
    up_to_date = "There is nothing to apply." if found.notice else "The database is up to date."
    text = card("Applied:", applied) if applied else up_to_date
    say({"applied": list(found.outstanding)}, text, as_json=as_json)
