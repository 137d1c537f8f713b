"""Of what the inbox asks beside the API: counts, presence, unsent text, held messages."""

from tests.mutations import Mutation

_HELD = "src/looplane/held_messages/commands.py"
_UNSENT = "src/looplane/unsent"
_DUE = "test_app_held_due.py"

APP_OPERATIONS = [
    Mutation(
        "what was taken back is sent all the same",
        _HELD,
        '    if row is None or row["state"] != "held":\n        return\n',
        "    if row is None:\n        return\n",
        f"test_app_held.py {_DUE}",
    ),
    Mutation(
        "what was sent is taken back",
        _HELD,
        '        if row["state"] == "sent":\n',
        "        if False:\n",
        f"test_app_held.py {_DUE}",
    ),
    Mutation(
        "a message that cannot be sent is lost",
        _HELD,
        "    await put_back(con, *whose, reply, now, problem)\n",
        "",
        _DUE,
    ),
    Mutation(
        "a VIEWER's held message leaves",
        _HELD,
        "if _TO_SEND not in (scopes := scopes_of(role)):",
        'if "threads:read" not in (scopes := scopes_of(role)):',
        _DUE,
    ),
    Mutation(
        "what is held back replaces what was typed since",
        f"{_UNSENT}/sql.py",
        "    else excluded.html || '<hr>' || u.html end,",
        "    else excluded.html end,",
        "test_app_held.py",
    ),
    Mutation(
        "one tab writes over another",
        f"{_UNSENT}/commands.py",
        "    if _EXPECTED not in sent or sent[_EXPECTED] == present:\n",
        "    if True:\n",
        "test_app_unsent.py",
    ),
    Mutation(
        "unsent text is everyone's",
        f"{_UNSENT}/sql.py",
        '_OF_THREAD = "u.workspace_id = $1 and u.thread_id = t.id and u.member_id = $3"',
        '_OF_THREAD = "u.workspace_id = $1 and u.thread_id = t.id and $3::uuid is not null"',
        "test_app_unsent.py",
    ),
    Mutation(
        "who went without a word stays",
        "src/looplane/presence/sql.py",
        "p.member_id <> $3 and p.beat_at > $7",
        "p.member_id <> $3",
        "test_app_presence.py",
    ),
    Mutation(
        "a count says nothing of those that it leaves out",
        "src/looplane/counts/sql.py",
        "first.read(MAX_COUNTED + 1,",
        "first.read(MAX_COUNTED,",
        "test_app_counts.py",
    ),
    Mutation(
        "what nobody has seen is read",
        "src/looplane/threads/reading/commands.py",
        'return bool(before["is_read"]) if body.is_read and is_newer else body.is_read',
        "return body.is_read",
        "test_app_read.py",
    ),
    Mutation(
        "unsent text outlives who is forgotten",
        "src/looplane/erasure/commands.py",
        "    await con.execute(sql.DELETE_UNSENT, workspace_id, threads)\n",
        "",
        "test_app_unsent.py",
    ),
    Mutation(
        "whoever knows the id of a file sends it",
        "src/looplane/outgoing_files/sql.py",
        "where workspace_id = $1 and id = any ($2) and member_id = $3\n",
        "where workspace_id = $1 and id = any ($2) and $3::uuid is not null\n",
        "test_app_outgoing_files.py",
    ),
    Mutation(
        "a file that is about to be sent is swept",
        "src/looplane/outgoing_files/sql.py",
        "or exists (select from held_messages h",
        "or false and exists (select from held_messages h",
        "test_app_outgoing_files_kept.py",
    ),
    Mutation(
        "a file goes with a message by its name alone",
        _HELD,
        "    await copy_files(con, context.workspace_id, message_id, sources)\n",
        "",
        "test_app_outgoing_files.py",
    ),
    Mutation(
        "a file is removed though a text names it",
        "src/looplane/outgoing_files/commands.py",
        "        if await con.fetchval(sql.IS_NAMED, *key):\n",
        "        if key is None:\n",
        "test_app_outgoing_files_kept.py",
    ),
]
