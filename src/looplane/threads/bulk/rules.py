"""What may be asked for many threads at once, and what is answered. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from looplane.kit.errors import ApiError, Conflict, Unprocessable
from looplane.kit.ids import parse_id
from looplane.kit.responses import Answer
from looplane.notices.asked.rules import merged_headers
from looplane.threads.bulk.schemas import MAX_SHOWN, MAX_THREADS
from looplane.threads.rules import TEXTS

# As many threads with all of their texts are in memory at once.
_MAX_WITH_TEXT = 25


def form_faults(sent: Mapping[str, Any], known: Sequence[str] = ()) -> list[str]:
    """What is wrong with a body beyond its single fields; `known` are the faults of those."""
    there = {*sent, *(re.split("[.:]", each)[0] for each in known)}
    faults = []
    if {"ids", "filter"} <= sent.keys() or not {"ids", "filter"} & there:
        faults.append("ids, filter: send one of the two")
    if "filter" in there and not {"ids", "expected_count"} & there:
        faults.append("expected_count: is required with a filter")
    if {"ids", "expected_count"} <= sent.keys() and "filter" not in there:
        faults.append("expected_count: goes only with a filter")
    ids = enumerate(sent.get("ids", ()))
    faults += [f"ids.{i}: is spelled as no id is" for i, id in ids if parse_id(id) is None]
    if sent.get("update") == {}:
        faults.append("update: must name a field")
    named = sent.get("update", {}).keys()
    if "tag_ids" in named and named & {"add_tag_ids", "remove_tag_ids"}:
        faults.append("update.tag_ids: does not go with add_tag_ids and remove_tag_ids")
    return faults


def check_count(found: int, expected: int) -> None:
    """Raises Unprocessable for more threads than are taken, Conflict for another number of them."""
    if found > MAX_THREADS:
        msg = f"The filter matches more than {MAX_THREADS} threads; narrow it, or send ids."
        raise Unprocessable(msg)
    if found != expected:
        msg = f"The filter matches {found} threads, not {expected}; nothing was done."
        raise Conflict(msg)


def portions(ids: Sequence[UUID], sent: Mapping[str, Any]) -> Iterator[Sequence[UUID]]:
    """The threads that are in memory at once: few, where a change is about their texts."""
    size = _MAX_WITH_TEXT if sent.keys() & TEXTS else MAX_THREADS
    return (ids[start : start + size] for start in range(0, len(ids), size))


@dataclass(slots=True)
class Room:
    """For the threads of an answer: beyond so many characters none is shown any more."""

    left: int = MAX_SHOWN

    def fit(self, answer: Answer) -> Answer:
        """The answer, without the thread where there is no room for it."""
        self.left -= len(answer.body)
        return answer if self.left >= 0 else replace(answer, body="null")


def answer_of(outcomes: Mapping[UUID, Answer | ApiError]) -> Answer:
    """What became of each thread, in their order."""
    items = []
    counts = dict.fromkeys(("updated", "unchanged", "failed"), 0)
    events: dict[str, None] = {}
    headers: dict[str, str] = {}
    kept: dict[str, str] = {}
    for id, outcome in outcomes.items():
        status, shown, error = "failed", "null", "null"
        if isinstance(outcome, ApiError):
            error = orjson.dumps(outcome.body()).decode()
        else:
            status = "updated" if outcome.events else "unchanged"
            events |= dict.fromkeys(outcome.events)
            headers = merged_headers(headers, outcome.headers)
            kept = merged_headers(kept, outcome.headers_if_kept)
            shown = outcome.body
        counts[status] += 1
        items.append(f'{{"id":"{id}","status":"{status}","thread":{shown},"error":{error}}}')
    summary = orjson.dumps(counts).decode()
    body = f'{{"data":[{",".join(items)}],"summary":{summary}}}'
    return Answer(body, events=tuple(events), headers=headers, headers_if_kept=kept)
