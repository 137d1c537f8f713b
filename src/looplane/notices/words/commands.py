"""How notices are put into words, whichever channel says them."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from looplane.kit.database import Connection
from looplane.notices.words import sql
from looplane.notices.words.rules import Facts, NoticeWords, words_of


async def notice_words(
    con: Connection, workspace_id: UUID, ids: Sequence[UUID], site: str = ""
) -> dict[UUID, NoticeWords]:
    """What these notices say, with links to `site`, the address of the inbox.

    One is missing where what it told of is gone, or whom it was for left the team.
    """
    rows = await con.fetch(sql.FIND, workspace_id, ids)
    return {row["id"]: words_of(Facts.of(orjson.loads(row["facts"])), site) for row in rows}
