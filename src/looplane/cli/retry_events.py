"""`looplane retry-events`."""

import typer

from looplane.channels import set_up_fans
from looplane.cli.database import on_tables
from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.delivery.fan_out.failures.commands import Retried, retry_failures
from looplane.kit.clock import system_clock
from looplane.kit.config import read_settings
from looplane.kit.database import Connection


def retry_events(*, as_json: AsJson = False) -> None:
    """Tell webhooks and the team of events that could not be told; exit code 1 if some are left."""
    settings = read_settings()

    async def work(con: Connection) -> Retried:
        return await retry_failures(con, set_up_fans(settings, system_clock))

    retried = on_tables(work)
    left = {str(id): reason for id, reason in retried.failed.items()}
    facts = {"told": str(retried.told)}
    if retried.gone:
        facts["gone"] = f"{retried.gone}, kept no longer"
    if left:
        facts["left"] = "\n".join(f"{id}\n  {reason}" for id, reason in left.items())
    last = "What is left can be tried again once its reason is mended." if left else ""
    document = {"told": retried.told, "gone": retried.gone, "left": left}
    say(document, card("Tried again.", facts, last), as_json=as_json)
    if left:
        raise typer.Exit(1)
