"""Of events that are followed."""

from tests.mutations import Mutation

_SQL = "src/looplane/event_feed/sql.py"
_RULES = "src/looplane/event_feed/rules.py"

FEED = [
    Mutation(
        "who commits late is jumped over",
        _SQL,
        "and e.position < (select horizon from place)",
        "",
        "test_event_feed_order.py",
    ),
    Mutation(
        "a page goes on behind all of a transaction",
        _SQL,
        "(e.position, e.id) > ($2, $3)",
        "e.position > $2",
        "test_event_feed.py",
    ),
    Mutation(
        "nobody is told that events are gone",
        _SQL,
        "    if after < dropped:",
        "    if False:",
        "test_event_feed_dropped.py",
    ),
    Mutation(
        "an idle follower grows old",
        _SQL,
        "Batch(events, max(start, last), True",
        "Batch(events, events[-1].position if events else start, True",
        "test_event_feed_dropped.py",
    ),
    Mutation(
        "what is for one member is shown to all",
        _SQL,
        "(e.visible_to is null or e.visible_to = {1}::uuid)",
        "(e.visible_to is null or {1}::uuid is not distinct from {1}::uuid)",
        "test_event_feed_access.py",
    ),
    Mutation(
        "a key sees events of nouns that it may not read",
        _RULES,
        " if scopes_of_types[each] in scopes",
        "",
        "test_event_feed_access.py",
    ),
]
