"""Of the demo workspace: what it shows is what the API would have made."""

from tests.mutations import Mutation

_SQL = "src/looplane/demo/sql.py"
_PAGES = "src/looplane/demo/page_rows.py"
_MERGES = "src/looplane/demo/merge_rows.py"
_MESSAGES = "src/looplane/demo/message_rows.py"
_TESTS = "test_demo_over_api.py"
_HISTORY = "src/looplane/demo/event_rows.py"

DEMO = [
    Mutation(
        "a thread of the demo was answered before it was made",
        _HISTORY,
        "if at <= moment and is_ours]",
        "if is_ours]",
        _TESTS,
    ),
    Mutation(
        "a thread of the demo was as it is from the beginning",
        _HISTORY,
        "then |= {name: None for name in _MOMENTS if then[name] is not None and then[name] > moment}",
        "then |= {}",
        _TESTS,
    ),
    Mutation(
        "Markdown of the demo is not rendered",
        _PAGES,
        "html = clean(render(markdown))",
        "html = clean(markdown)",
        _TESTS,
    ),
    Mutation(
        "snippets of the demo are not cleaned",
        _PAGES,
        '"html": clean("".join(snippet.html)),',
        '"html": "".join(snippet.html),',
        _TESTS,
    ),
    Mutation(
        "a name of the demo is stored as it is spelled",
        _SQL,
        "array[fold_name(m.name)]",
        "array[m.name]",
        _TESTS,
    ),
    Mutation(
        "a contact of the demo does not go back to the company it came from",
        _MERGES,
        '"was_primary": True,',
        '"was_primary": False,',
        _TESTS,
    ),
    Mutation(
        "a draft of the demo is about no text",
        _SQL,
        "a.version = r.article_version",
        "a.version <> r.article_version",
        _TESTS,
    ),
    Mutation(
        "a broadcast of the demo went to who came later",
        _PAGES,
        "each.is_subscribed and each.age_days > age_days",
        "each.is_subscribed",
        _TESTS,
    ),
]
