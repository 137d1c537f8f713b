"""How a change of a thing in one of its languages is taken back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from looplane import translations
from looplane.changes import Decision
from looplane.events import Values, without
from looplane.inverses import Inverse, PastEvent, require_untouched
from looplane.kit.context import Context
from looplane.kit.database import Connection, Row
from looplane.resource_inverses import Decide, former_values, hold, present_values, revert
from looplane.translations import Translations


def revert_translated(of: Translations, decide: Decide) -> Inverse:
    """Gives the fields that changed the values that they had, in the language that it was in.

    A language that came with the change goes with it.
    """
    revert_own = revert(of.resource, decide, of.fields)

    async def inverse(con: Connection, context: Context, event: PastEvent) -> tuple[str, ...]:
        language = event.language
        if language is None:
            return await revert_own(con, context, event)
        await hold(con, context, of.resource, event)
        # Which languages there are is a set: others that came since may stay.
        changed = replace(event, after=without(event.after, {"languages"}))
        sent = {**former_values(of.resource, event), "language": language}
        args = (context.workspace_id, event.subject_id, language)
        present = present_values(changed, await con.fetchrow(of.find, *args))
        await require_untouched(con, context, changed, present, of.fields)
        is_new = "languages" in event.before and language not in event.before["languages"]
        decision = decide(con, context, without(sent, {"languages"}))
        if is_new:
            decision = _without_language(con, context, of, decision, language)
        id = event.subject_id
        return (await translations.update(con, context, of, id, sent, decision)).events

    return inverse


def _without_language(
    con: Connection, context: Context, of: Translations, decision: Decision, language: str
) -> Decision:
    """The decision, after which the thing is not there in the language any more."""

    def columns(row: Row) -> Values:
        left = [each for each in row["languages"] if each != language]
        return {**decision.columns(row), "languages": left}

    async def write_others(id: UUID, after: Values, now: datetime) -> None:
        await con.execute(of.remove, context.workspace_id, id, language)
        if decision.write_others is not None:
            await decision.write_others(id, after, now)

    return replace(decision, columns=columns, write_others=write_others)
