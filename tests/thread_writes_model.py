"""What writes did to threads, and which of them can be taken back, in plain words."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# What belongs to the state of a thread is touched together.
_STATE = ("status", "snoozed_until")


@dataclass
class WriteModel:
    """What a write did: to fields of threads, as they were and are; or to a thread as a whole."""

    number: int
    at: datetime
    takes_back: int | None = None
    token: str = ""
    before: dict[int, dict[str, Any]] = field(default_factory=dict)
    after: dict[int, dict[str, Any]] = field(default_factory=dict)
    whole: int | None = None


@dataclass
class ThreadModel:
    """A thread: its fields by name, a tag as a field of its own, and the writes that touched it."""

    fields: dict[str, Any]
    writes: list[WriteModel] = field(default_factory=list)
    is_deleted: bool = False

    def is_touched_since(self, write: WriteModel, thread: int) -> bool:
        """Whether something newer that still stands touched what `write` did.

        A write and what took it back are as if neither had been. Tags are not asked who touched
        them, but whether they are as they were left.
        """
        mine = {_touched(name) for name in write.before.get(thread, ())} - {"tag"}
        standing: dict[int, WriteModel] = {}
        for each in self.writes[self.writes.index(write) + 1 :]:
            theirs = {_touched(name) for name in each.before.get(thread, ())}
            if each.takes_back in standing:
                del standing[each.takes_back]
            elif write.whole is not None or each.whole is not None or mine & theirs:
                standing[each.number] = each
        after = write.after.get(thread, {})
        tags = {name: value for name, value in after.items() if _touched(name) == "tag"}
        return bool(standing and (mine or write.whole is not None)) or any(
            self.fields[name] != value for name, value in tags.items()
        )


def _touched(name: str) -> str:
    if name.startswith("tag"):
        return "tag"
    return "state" if name in _STATE else name
