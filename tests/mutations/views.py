"""Of saved views: whose they are, and which list they mean."""

from tests.mutations import Mutation

_COMMANDS = "src/looplane/views/commands.py"
_CHANGES = "src/looplane/changes.py"

VIEWS = [
    Mutation(
        "another member's view is held for whoever has its id",
        "src/looplane/views/sql.py",
        '  and {VISIBLE.format("$3")} for update of v"""',
        '  and $3::uuid is not null for update of v"""',
        "test_view_owners.py",
    ),
    Mutation(
        "another member's view is a list for whoever has its id",
        "src/looplane/threads/listing/views/sql.py",
        'and v.deleted_at is null and {VISIBLE.format("$3")}"""',
        'and v.deleted_at is null and ($3::uuid is null or true)"""',
        "test_view_owners.py test_view_lists.py",
    ),
    Mutation(
        "what is shared with a new name tells the old one",
        "src/looplane/views/rules.py",
        'parts = [others, sharing] if sent.get("is_shared") else [sharing, others]',
        "parts = [sent]",
        "test_view_owners.py",
    ),
    Mutation(
        "the end of a personal thing is told to everyone",
        _CHANGES,
        "events = [Event(deletion, id, internal_before=untold, visible_to=seen_by)]",
        "events = [Event(deletion, id, internal_before=untold)]",
        "test_view_owners.py",
    ),
    Mutation(
        "those who saw a thing are not told that they do so no longer",
        _CHANGES,
        "seen_by = None if len(sides) > 1 else sides.pop()",
        "seen_by = max(sides, key=str)",
        "test_view_owners.py",
    ),
    Mutation(
        "anybody takes a shared view from the team",
        _COMMANDS,
        'if row["owner_id"] not in {None, context.member_id}:',
        "if False:",
        "test_view_owners.py",
    ),
    Mutation(
        "two at once are one more than there may be",
        "src/looplane/views/sql.py",
        "    await con.execute(LOCK_PLACES, context.workspace_id)\n",
        "",
        "test_views.py",
    ),
    Mutation(
        "a cursor outlives what its view meant",
        "src/looplane/kit/cursors.py",
        "if rest != ([] if basis is None else [basis]):",
        "if False:",
        "test_view_lists.py",
    ),
    Mutation(
        "of a filter that both set the view's is forgotten",
        "src/looplane/threads/listing/pages/sql.py",
        "await add_conditions(con, context, asked.query, asked.also)",
        "await add_conditions(con, context, asked.query)",
        "test_view_lists.py",
    ),
    Mutation(
        "one view that takes too long takes the others with it",
        _COMMANDS,
        "            pass  # of the one that was taken last nothing is known",
        "            return",
        "test_view_counts.py",
    ),
]
