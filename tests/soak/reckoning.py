"""What was planned, what came, and whether the two agree."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from looplane.webhooks.rules import spell_event
from tests.soak.receivers import Receivers
from tests.soak.traffic import Traffic

_SAID = re.compile(r"answer ([0-9a-f-]+)/(\d+) ends")
# So many failures, and a delivery is dead: those behind it go on, whatever becomes of it later.
_UNTIL_DEAD = 7
# What each webhook should be told of.
_WANTED = """
select w.url, e.id, e.subject_id, e.version, e.type from webhooks w
join events e on e.workspace_id = w.workspace_id and e.created_at >= w.created_at
  and split_part(e.type, '.', 1) <> all ('{webhook,delivery,mailbox,slack}')
  and e.visible_to is null
where w.workspace_id = $1"""
_DELIVERIES = """
select d.id, d.event_id, d.channel, d.kind, d.state, d.lane, d.seq, w.url, d.attempts,
  (select count(*) from delivery_attempts a where a.workspace_id = d.workspace_id
    and a.delivery_id = d.id and a.outcome = 'failed') as failed
from deliveries d left join webhooks w on w.workspace_id = d.workspace_id
  and d.channel = 'webhook' and w.id::text = d.target
where d.workspace_id = $1 order by d.seq"""
_OUTCOMES = """
select outcome, count(*) from delivery_attempts where workspace_id = $1 group by outcome"""
_TITLES = """
select subject_id, after ->> 'title' as title from events
where workspace_id = $1 and type = 'thread.updated' and after ? 'title'"""
# Whether all is planned and has left.
SETTLED = f"""
with wanted as ({_WANTED})
select not exists (select from deliveries where workspace_id = $1
    and (state in ('queued', 'dead') or is_routed))
  and (select count(*) from wanted)
    = (select count(*) from deliveries where workspace_id = $1 and channel = 'webhook')"""
LEFT = """
select channel, queue, state, count(*), min(reason) as reason from deliveries
where workspace_id = $1 and state <> 'delivered' group by channel, queue, state"""


def _path(url: str) -> str:
    return "/" + url.rpartition("/")[2]


@dataclass
class Reckoning:
    """All that is known at the end."""

    traffic: Traffic
    receivers: Receivers
    wanted: Mapping[str, Mapping[str, Any]]  # events by paths and ids
    deliveries: list[Any]
    outcomes: Counter[str]
    titles: Counter[tuple[str, int]]

    @classmethod
    async def of(
        cls, con: Any, workspace_id: UUID, traffic: Traffic, receivers: Receivers
    ) -> "Reckoning":
        wanted: dict[str, dict[str, Any]] = defaultdict(dict)
        for row in await con.fetch(_WANTED, workspace_id):
            wanted[_path(row["url"])][spell_event(row["id"])] = row
        outcomes = Counter(dict(await con.fetch(_OUTCOMES, workspace_id)))
        titles = await con.fetch(_TITLES, workspace_id)
        return cls(
            traffic,
            receivers,
            wanted,
            await con.fetch(_DELIVERIES, workspace_id),
            outcomes,
            Counter((str(row["subject_id"]), int(row["title"])) for row in titles),
        )

    def of_channel(self, channel: str, path: str | None = None) -> list[Any]:
        """What was planned, in its order."""
        return [
            each
            for each in self.deliveries
            if each["channel"] == channel and (path is None or _path(each["url"]) == path)
        ]

    @property
    def mails(self) -> list[tuple[tuple[str, int], str]]:
        """What each answer that arrived says, and its Message-ID."""
        mails = [each.mail for each in self.receivers.mail.received]
        return [(_said(each), str(each["Message-ID"])) for each in mails]

    def check(self) -> None:
        """Nothing is lost, nothing is there twice, and all is in order."""
        assert {each["state"] for each in self.deliveries} == {"delivered"}
        assert self.outcomes["delivered"] == len(self.deliveries), "an attempt is not told of"
        assert self.traffic.titles <= set(self.titles), "an acknowledged title is lost"
        assert {*self.titles.values()} == {1}, "a title was given twice"
        for path in self.wanted:
            self._check_hook(path)
        self._check_mail()
        posts = len(self.posts)
        assert posts >= len(self.of_channel("slack")) > 0, "a post is lost"

    @property
    def posts(self) -> list[Any]:
        return [said for method, said in self.receivers.slack.calls if method == "chat.postMessage"]

    def _check_hook(self, path: str) -> None:
        arrivals, planned = self.receivers.arrivals[path], self.of_channel("webhook", path)
        taken = list(dict.fromkeys(each.event_id for each in arrivals if each.is_taken))
        ids = [spell_event(each["event_id"]) for each in planned]
        assert len(ids) == len(set(ids)), f"planned twice for {path}"
        assert {*taken} == {*ids} == {*self.wanted[path]}, f"lost, or made up, for {path}"
        bodies = {(each.event_id, each.body) for each in arrivals}
        assert len(bodies) == len(ids), f"other bytes under the same id to {path}"
        assert {orjson.loads(body)["id"] for _, body in bodies} == {*ids}
        attempts = sum(each["attempts"] for each in planned)
        assert attempts >= len(arrivals), f"a request to {path} is not told of"
        overtaken = {spell_event(each["event_id"]) for each in planned if has_died(each)}
        places = {spell_event(each["event_id"]): (each["lane"], each["seq"]) for each in planned}
        came = [places[each.event_id] for each in arrivals if each.event_id not in overtaken]
        check_order(came, f"a thread at {path}")
        rows = [self.wanted[path][each] for each in taken if each not in overtaken]
        versions = [((row["subject_id"], row["type"]), row["version"] or 0) for row in rows]
        check_order(versions, f"versions at {path}")

    def _check_mail(self) -> None:
        mails, planned = self.mails, self.of_channel("email")
        names = dict(mails)
        assert len({*mails}) == len(names) == len({*names.values()}), "two ids for one mail"
        assert self.traffic.messages <= {*names}, "an acknowledged answer is lost"
        assert len(planned) == len(names), "mails are lost, or made up"
        if not any(map(has_died, planned)):
            check_order([said for said, _ in mails], "the answers of a thread")

    def rows(self) -> Iterable[tuple[str, object]]:
        """The table: what, and how many."""
        hooks = self.receivers.arrivals
        yield "titles acknowledged, stored", f"{len(self.traffic.titles)}, {len(self.titles)}"
        yield "answers acknowledged", len(self.traffic.messages)
        yield from ((f"requests {name}", n) for name, n in sorted(self.traffic.count.items()))
        for path, wanted in sorted(self.wanted.items()):
            taken = {each.event_id for each in hooks[path] if each.is_taken}
            planned, came = len(self.of_channel("webhook", path)), len(hooks[path])
            counts = f"{len(wanted)}, {planned}, {len(taken)}, {came}"
            yield f"webhook {path}: events, deliveries, taken, requests", counts
        mails = self.mails
        ids = len({name for _, name in mails})
        counts = f"{len(self.of_channel('email'))}, {ids}, {len(mails)}"
        yield "mail: deliveries, Message-IDs, arrivals", counts
        yield "Slack: deliveries, posts", f"{len(self.of_channel('slack'))}, {len(self.posts)}"
        yield from ((f"attempts {name}", n) for name, n in sorted(self.outcomes.items()))
        yield "deliveries that were dead in between", sum(map(has_died, self.deliveries))
        yield from sorted(self.receivers.moods.items())


def has_died(delivery: Any) -> bool:
    """Whether it may have been dead, so that those behind it went on."""
    return bool(delivery["failed"] >= _UNTIL_DEAD)


def check_order(arrived: Iterable[tuple[Any, int]], what: str) -> None:
    """Each has a number, and those of a lane never go down: one may come again, none overtakes."""
    last: dict[Any, int] = {}
    for lane, number in arrived:
        assert number >= last.get(lane, 0), f"out of order: {what} ({lane})"
        last[lane] = number


def _said(mail: Any) -> tuple[str, int]:
    found = _SAID.search(mail.get_body(("plain",)).get_content())
    assert found is not None, mail
    return found[1], int(found[2])
