"""Of single tags, and of what takes changes of threads back."""

from tests.mutations import Mutation

_COMMANDS = "src/looplane/threads/undo/commands.py"
_NEEDS = "src/looplane/threads/undo/needs/commands.py"
_RULES = "src/looplane/threads/undo/rules.py"

THREAD_UNDO = [
    Mutation(
        "a tag that comes is all that a thread has",
        "src/looplane/threads/commands.py",
        '{"add_tag_ids": [*sent.values()]}',
        '{"tag_ids": [*sent.values()]}',
        "test_thread_tags.py",
    ),
    Mutation(
        "a tag that a thread does not have is removed from it",
        "src/looplane/threads/commands.py",
        'or_404(tag_id if tag_id in row["tag_ids"] else None, "tag of this thread")',
        'or_404(tag_id, "tag of this thread")',
        "test_thread_tags.py",
    ),
    Mutation(
        "all tags are given back as they were, whoever else added one",
        _RULES,
        '(before["tag_ids"] - tags.added) | tags.removed',
        'frozenset(map(UUID, event.before["tag_ids"])) if tags.added or tags.removed'
        ' else before["tag_ids"]',
        "undo/test_thread_links.py",
    ),
    Mutation(
        "a tag that somebody touched since is no conflict",
        _COMMANDS,
        "    if tags:\n        of_tags",
        "    if False:\n        of_tags",
        "undo/test_thread_links.py",
    ),
    Mutation(
        "HTML that is back counts as clean as what was there",
        _RULES,
        'if "html_version" in event.internal_before:',
        "if False:",
        "undo/test_thread_changes.py",
    ),
    Mutation(
        "the project field does not know its link again",
        _NEEDS,
        "await con.execute(sql.SET_PROJECT_FIELD, *key, project)",
        "pass",
        "undo/test_thread_hangs.py",
    ),
    Mutation(
        "a contact that was made for a thread goes with it",
        _COMMANDS,
        "    if await _find_thread_beside(con, context, event) is not None:\n        return ()",
        "    if False:\n        return ()",
        "undo/test_thread_hangs.py",
    ),
    Mutation(
        "whom a comment meant is not given back",
        "src/looplane/comments/commands.py",
        'await sql.replace_mentions(con, context, id, kept["mentions"])',
        "pass",
        "undo/test_thread_hangs.py",
    ),
    Mutation(
        "a merge is taken back as a change of fields",
        "src/looplane/companies/merges/commands.py",
        'if not told.keys() & {"merged_company_id", "unmerged_company_id"}:',
        "if True:",
        "undo/test_company_merges.py",
    ),
]
