"""Whom a comment mentions. Pure: what was sent and what was found, to what is so."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from looplane.kit.database import Row

# An @ within an address or a path begins no name, and a name does not end within a word.
_SIGN = re.compile(r"(?<![\w.%+/@-])@")
_END = re.compile(r"(?![\w-]|\.\w|@)")


@dataclass(frozen=True, slots=True)
class Mention:
    """Why a member is mentioned: listed by id, or called so by the text, or both."""

    is_listed: bool = False
    written_as: tuple[str, ...] = ()


Mentions = Mapping[UUID, Mention]


@dataclass(frozen=True, slots=True)
class Found:
    """What the database knows of a text: its `words`, folded, and who is called how.

    `names` are those of members in the same spelling: only those that may stand in the text.
    """

    words: str = ""
    names: Sequence[tuple[str, UUID]] = ()
    listed: Sequence[UUID] = ()

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Found":
        """What is in `rows`: one for each member, one for nobody, or none if nobody was sought."""
        names = [(name, row["id"]) for row in rows for name in row["names"] or ()]
        listed = [row["id"] for row in rows if row["is_listed"]]
        return cls(rows[0]["words"] if rows else "", names, listed)


def as_stored(mentions: Mentions) -> list[dict[str, object]]:
    """Mentions as rows."""
    return [{"member_id": id, **asdict(each)} for id, each in mentions.items()]


def as_read(rows: Mapping[str, Mapping[str, Any]]) -> dict[UUID, Mention]:
    """Mentions from rows, by the id of the member."""
    return {
        UUID(id): Mention(each["is_listed"], tuple(each["written_as"])) for id, each in rows.items()
    }


def written(found: Found, before: Mentions) -> dict[UUID, tuple[str, ...]]:
    """Whom the words mention, and by which names.

    Of the names that may be meant at an @ it is the longest, and it must be that of one member. A
    name that mentioned somebody `before` goes on meaning that one, whatever they are called now.
    """
    owners: dict[str, set[UUID]] = {}
    for name, id in found.names:
        owners.setdefault(name, set()).add(id)
    owners |= {name: {id} for id, each in before.items() for name in each.written_as}
    mentioned: dict[UUID, tuple[str, ...]] = {}
    for name in dict.fromkeys(_names_at_signs(found.words, owners)):
        if len(owners[name]) == 1:
            (id,) = owners[name]
            mentioned[id] = (*mentioned.get(id, ()), name)
    return mentioned


def _names_at_signs(words: str, names: Iterable[str]) -> Iterator[str]:
    """The longest of the `names` at each @, where one is there."""
    known = {*names}
    lengths = sorted({len(name) for name in known}, reverse=True)
    for sign in _SIGN.finditer(words):
        ends = (sign.end() + length for length in lengths)
        here = ((words[sign.end() : end], end) for end in ends)
        longest = next((name for name, end in here if name in known and _END.match(words, end)), "")
        if longest:
            yield longest


def next_mentions(
    before: Mentions, found: Found, *, has_new_text: bool, has_new_list: bool
) -> dict[UUID, Mention]:
    """Who is mentioned after a write: what it does not say anew stays as it was."""
    texts = {id: each.written_as for id, each in before.items() if each.written_as}
    listed = {id for id, each in before.items() if each.is_listed}
    if has_new_text:
        texts = written(found, before)
    if has_new_list:
        listed = {*found.listed}
    return {id: Mention(id in listed, texts.get(id, ())) for id in (*texts, *(listed - {*texts}))}


def told(mentions: Iterable[UUID]) -> list[str]:
    """The members who are mentioned, as an event names them."""
    return sorted(str(id) for id in mentions)


def untold(html_version: int, mentioned: Mentions, after: Container[str]) -> dict[str, object]:
    """What an event does not tell of a comment before it, of what is another `after` it."""
    kept: dict[str, object] = {"html_version": html_version} if "content" in after else {}
    return kept | ({"mentions": as_stored(mentioned)} if "mentions" in after else {})
