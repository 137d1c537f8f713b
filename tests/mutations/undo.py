"""Of what is taken back."""

from tests.mutations import Mutation

_INVERSES = "src/looplane/inverses.py"
_OF_RESOURCES = "src/looplane/resource_inverses.py"
_RULES = "src/looplane/undo/rules.py"
_TOKEN = "undo/test_token.py"
_IN_THE_WAY = "undo/test_in_the_way.py"

UNDO = [
    Mutation(
        "what newer touched is written over",
        _INVERSES,
        "    if newer:\n        raise superseded(event, newer)\n",
        "",
        "undo/test_token.py undo/test_groups.py",
    ),
    Mutation(
        "a write that was taken back stands in the way of the one before",
        _INVERSES,
        'if row["takes_back"] in standing:',
        "if row is None:",
        _TOKEN,
    ),
    Mutation(
        "another member takes a write back",
        _RULES,
        "return principal.member_id is not None and",
        "return principal.member_id is not None or",
        _TOKEN,
    ),
    Mutation(
        "the scopes of what was written are not asked for",
        _RULES,
        "needed = dict.fromkeys(taking_back.scopes[noun][1] for noun in nouns)",
        "needed = dict.fromkeys(taking_back.scopes[noun][0] for noun in nouns)",
        _TOKEN,
    ),
    Mutation(
        "a thing comes back into what is gone",
        _OF_RESOURCES,
        "            context.raise_faults(references.faults)\n",
        "",
        _IN_THE_WAY,
    ),
    Mutation(
        "what an erasure left is shown again",
        _OF_RESOURCES,
        "if await last_version(con, context, event) != version:",
        "if version == 0:",
        _IN_THE_WAY,
    ),
    Mutation(
        "what an older program wrote is taken back in part",
        _INVERSES,
        "if not event.internal_before.keys() >= set(names):",
        "if False:",
        "undo/test_older_programs.py",
    ),
    Mutation(
        "what went elsewhere goes back into its folder",
        "src/looplane/content_inverses.py",
        'if row["version"] != row["left_at"]:',
        "if False:",
        "undo/test_contents.py",
    ),
    Mutation(
        "what was in a folder is taken back one by one as well",
        "src/looplane/content_inverses.py",
        "if self.field in event.after and with_it & event.beside:",
        "if False:",
        "undo/test_contents.py",
    ),
]
