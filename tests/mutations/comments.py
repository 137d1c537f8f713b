"""Of what the team says among itself, and of the replies that it keeps."""

from tests.mutations import Mutation

_COMMANDS = "src/looplane/comments/commands.py"
_RULES = "src/looplane/comments/rules.py"
_SQL = "src/looplane/comments/sql.py"

COMMENTS = [
    Mutation(
        "whoever has the scope changes anybody's comment",
        _COMMANDS,
        'if not row["may_change"] and "admin" not in context.principal.scopes:',
        "if False:",
        "test_comment_authors.py",
    ),
    Mutation(
        "a comment is found on any thread",
        _SQL,
        "where cm.workspace_id = $1 and cm.id = $2 and cm.thread_id = $3 and cm.deleted_at is null",
        "where cm.workspace_id = $1 and cm.id = $2 and $3::uuid is not null and cm.deleted_at is null",
        "test_comments.py",
    ),
    Mutation(
        "a thread's messages show its comments",
        "src/looplane/threads/children/sql.py",
        "EVERY_MESSAGE = f\"{_opening('threads')} union all {_STORED}\"",
        "EVERY_MESSAGE = f\"{_opening('threads')} union all {_STORED} union all select"
        " c.workspace_id, c.id, c.thread_id, 'chat', 'outbound', '', null, '[]', '[]', '[]',"
        " c.content, c.content, '[]', null, c.created_at from comments c"
        '"',
        "test_comments_stay_inside.py",
    ),
    Mutation(
        "an ambiguous name mentions one of those who have it",
        _RULES,
        "if len(owners[name]) == 1:\n            (id,) = owners[name]",
        "if owners[name]:\n            id = min(owners[name])",
        "test_comment_mentions.py",
    ),
    Mutation(
        "the shortest name is meant",
        _RULES,
        "sorted({len(name) for name in known}, reverse=True)",
        "sorted({len(name) for name in known})",
        "test_comment_mentions.py",
    ),
    Mutation(
        "a new name breaks a mention",
        _RULES,
        "    owners |= {name: {id} for id, each in before.items() for name in each.written_as}\n",
        "",
        "test_comment_mentions.py",
    ),
    Mutation(
        "a mention of a text that did not change is looked for again",
        _COMMANDS,
        '            del sent["content"]  # whom the text named is still meant\n',
        "            pass\n",
        "test_comment_mentions.py",
    ),
    Mutation(
        "events of comments keep the words of whom is erased",
        "src/looplane/erasure/commands.py",
        "            await con.execute(sql.ERASE_COMMENT_EVENTS, workspace_id, threads),\n",
        "",
        "test_erase_contact.py",
    ),
    Mutation(
        "snippets go with their folder",
        "src/looplane/snippets/sql.py",
        "update snippets sn set folder_id = $3,",
        "update snippets sn set folder_id = $3, deleted_at = w.created_at,",
        "test_snippet_folders.py",
    ),
    Mutation(
        "HTML that is written is not marked with its cleaner",
        "src/looplane/resources.py",
        "            stored |= self.written_with.get(name, {})\n",
        "            pass\n",
        "test_snippets.py",
    ),
]
