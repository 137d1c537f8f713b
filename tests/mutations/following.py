"""Of those who wait for events."""

from tests.mutations import Mutation

_TAIL = "src/looplane/event_feed/tail/commands.py"
_STREAM = "src/looplane/event_feed/stream/commands.py"

FOLLOWING = [
    Mutation(
        "what is held back waits for the next look",
        _TAIL,
        "pause = next(soon, POLL)",
        "pause = POLL",
        "test_event_following.py",
    ),
    Mutation(
        "a write tells nobody",
        "src/looplane/kit/writes.py",
        "            self.note(self.context.workspace_id)\n",
        "            pass\n",
        "test_event_following.py",
    ),
    Mutation(
        "a member sees what is for another one, as it happens",
        "src/looplane/event_feed/tail/rules.py",
        "event.visible_to in {None, wanted.member_id}",
        "True",
        "test_event_stream.py",
    ),
    Mutation(
        "a stream outlives its key",
        _STREAM,
        "        if not is_same:\n            self._follower.end()\n",
        "",
        "test_event_stream.py",
    ),
    Mutation(
        "the end of a key is seen when it is time for a comment",
        _STREAM,
        "if _now() >= self._looked + LOOK:",
        "if _now() >= self._looked + HEARTBEAT:",
        "test_event_stream_safety.py",
    ),
    Mutation(
        "a person who is erased stays in memory",
        _TAIL,
        "        feed.ring.forget()  #",
        "        pass  #",
        "test_event_stream_safety.py",
    ),
    Mutation(
        "who takes little holds much",
        "src/looplane/event_feed/sql.py",
        "- {SIZE} <= $6",
        "- {SIZE} <= {PAGE_BYTES} + $6",
        "test_event_stream_safety.py",
    ),
    Mutation(
        "a stream begins where the parameter says, wherever it was cut off",
        _STREAM,
        "read.last_event_id or self._query.after",
        "self._query.after",
        "test_event_stream.py",
    ),
    Mutation(
        "who takes nothing holds up the end",
        "src/looplane/kit/http_protocol.py",
        "            self.loop.call_later(LAST_WORDS, self.transport.abort)\n",
        "            pass\n",
        "test_event_stream.py",
    ),
    Mutation(
        "who comes to a thread is told to themselves",
        "src/looplane/event_feed/tail/commands.py",
        "if self.presence_of in {None, member_id}:",
        "if self.presence_of is None:",
        "test_presence_told.py",
    ),
    Mutation(
        "other processes are not told who comes to a thread",
        "src/looplane/event_feed/hints/commands.py",
        "self._presences.add(_BETWEEN.join(map(str, (workspace_id, thread_id, member_id))))",
        "pass",
        "test_presence_told.py",
    ),
]
