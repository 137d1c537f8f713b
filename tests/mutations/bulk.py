"""Of writes in parts, and of changes of many threads."""

from tests.mutations import Mutation

_PARTS = "src/looplane/kit/parts.py"
_DATABASE = "src/looplane/kit/database.py"
_BULK = "src/looplane/threads/bulk"
_TOGETHER = "test_bulk_threads_together.py"

BULK = [
    Mutation(
        "a part that is written in thought stays",
        _PARTS,
        "                if self.is_rehearsal:\n",
        "                if False:\n",
        "test_bulk_threads.py",
    ),
    Mutation(
        "parts take all turns to write",
        _DATABASE,
        "self._in_turn(self._lock_of(subject), self._part_slots, self._write_slots)",
        "self._in_turn(self._lock_of(subject), self._write_slots)",
        _TOGETHER,
    ),
    Mutation(
        "a claim is held on a connection of the pool",
        _DATABASE,
        "self._in_turn(self._claims, connection=self.connected)",
        "self._in_turn(self._claims)",
        _TOGETHER,
    ),
    Mutation(
        "parts are begun however late it is",
        _PARTS,
        "        if _now() >= self.begun + SECONDS:\n",
        "        if False:\n",
        _TOGETHER,
    ),
    Mutation(
        "some of what is not left is spent",
        "src/looplane/kit/limits.py",
        "        if self._window.count((key_id, kind)) + count > limit:\n",
        "        if False:\n",
        _TOGETHER,
    ),
    Mutation(
        "what moved meanwhile is shown as it was",
        f"{_BULK}/commands.py",
        '            if version == change.row["version"]:\n',
        "            if version:\n",
        "test_bulk_threads_moved.py",
    ),
    Mutation(
        "what moved meanwhile is left as it is",
        f"{_BULK}/commands.py",
        "return self.room.fit(answer) if answer else await self._change(change.id, con)",
        "return self.room.fit(answer or Answer('null'))",
        f"{_TOGETHER} test_bulk_threads_moved.py",
    ),
    Mutation(
        "a filter is taken whatever it matches",
        f"{_BULK}/rules.py",
        "    if found != expected:\n",
        "    if False:\n",
        "test_bulk_threads.py",
    ),
    Mutation(
        "parts are announced at their end alone",
        _PARTS,
        "        if answer.events and not self.is_rehearsal:\n",
        "        if False:\n",
        _TOGETHER,
    ),
    Mutation(
        "all texts are looked at together",
        f"{_BULK}/rules.py",
        "_MAX_WITH_TEXT = 25",
        "_MAX_WITH_TEXT = MAX_THREADS",
        "test_bulk_threads_texts.py",
    ),
]
