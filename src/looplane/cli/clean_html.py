"""`looplane clean-html`."""

import typer

from looplane.cli.database import on_pool
from looplane.cli.options import AsJson
from looplane.cli.output import card, say
from looplane.html_upkeep.commands import Tally, clean_old_html
from looplane.kit.clock import system_clock
from looplane.kit.database import Database
from looplane.kit.html_cleaner import HtmlCleaner


def clean_html(*, as_json: AsJson = False) -> None:
    """Clean anew the HTML that an older version cleaned; its exit code is 1 if some is left."""

    async def work(database: Database) -> dict[str, Tally]:
        cleaner = HtmlCleaner(1)
        try:
            return await clean_old_html(database, cleaner, system_clock)
        finally:
            await cleaner.aclose()

    tallies = on_pool(work)
    document = {name: _document(tally) for name, tally in tallies.items()}
    say(document, card("Cleaned.", _facts(tallies), _last(tallies)), as_json=as_json)
    if any(tally.left for tally in tallies.values()):
        raise typer.Exit(1)


def _document(tally: Tally) -> dict[str, object]:
    replaced = [_named(*key) for key in tally.replaced]
    left = [{**_named(*key), "reason": reason} for key, reason in tally.left.items()]
    counts = {"looked_at": tally.looked_at, "changed": tally.changed}
    return {**counts, "replaced": replaced, "left": left}


def _named(workspace_id: object, id: object) -> dict[str, str]:
    return {"workspace_id": str(workspace_id), "id": str(id)}


def _facts(tallies: dict[str, Tally]) -> dict[str, str]:
    facts = {}
    for name, tally in tallies.items():
        facts[name] = f"{tally.looked_at} looked at, {tally.changed} changed"
        if tally.replaced:
            ids = "\n".join(str(key.id) for key in tally.replaced)
            facts[f"{name} replaced"] = ids
        if tally.left:
            reasons = (f"{key.id}: {reason}" for key, reason in tally.left.items())
            facts[f"{name} left"] = "\n".join(reasons)
    return facts


def _last(tallies: dict[str, Tally]) -> str:
    said = []
    if any(tally.replaced for tally in tallies.values()):
        said.append("What was replaced had HTML that cannot be cleaned: its words alone are kept.")
    if any(tally.left for tally in tallies.values()):
        said.append("What is left is as it was: run this again.")
    return " ".join(said)
