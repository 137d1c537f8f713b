"""A plain model of lists of threads: what each filter means, and each order."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from looplane.kit.clock import iso
from looplane.kit.ids import new_id

PAIN = ["UNKNOWN", "LOW", "MEDIUM", "HIGH"]
ORIGINS = ["api", "email", "slack"]
STATUSES = {"new": "open", "open": "open", "snoozed": "snoozed", "done": "done", "closed": "done"}
TABS = ["open", "new", "needs-response", "my", "snoozed", "done"]
SORTS = ["created_at", "last_activity", "oldest_waiting", "pain", "revenue"]
NAMED = ["assignee_id", "contact_id", "company_id", "project_id", "issue_id", "tag"]
Row = dict[str, Any]


class ThreadModel:
    """Random threads as plain rows, and which of them a list has.

    `ids` are the things that they can name, of which the last ones are deleted; `companies` says
    of each company that is there its `tier_id` and `revenue`.
    """

    def __init__(self, seed: int, now: datetime, me: UUID, ids: dict[str, list[str]]) -> None:
        self.chance, self.now, self.me, self.ids = random.Random(seed), now, str(me), ids
        self.deleted = {each[-1] for each in ids.values()}
        self.companies: dict[str, Row] = {}
        self.threads: list[Row] = []

    def is_chosen(self, share: float) -> bool:
        return self.chance.random() < share

    def _pick(self, name: str, share: float) -> str | None:
        return self.chance.choice(self.ids[name]) if self.is_chosen(share) else None

    def _moment(self) -> datetime:
        return self.now - timedelta(minutes=self.chance.randint(0, 300))

    def thread(self) -> Row:
        """One that is not in the model yet."""
        made, state = self._moment(), self.chance.choice(list(STATUSES))
        inbound, outbound = (self._moment() if self.is_chosen(0.5) else None for _ in "io")
        waits = outbound is None or (inbound is not None and inbound > outbound)
        moments = [each for each in (made, inbound, outbound) if each is not None]
        return {
            "id": str(new_id()),
            "state": state,
            "status": STATUSES[state],
            "pain_level": self.chance.choice(PAIN),
            "origin": self.chance.choice(ORIGINS),
            "tags": {each for each in self.ids["tag"] if self.is_chosen(0.3)},
            **{name: self._pick(name, 0.6) for name in NAMED if name != "tag"},
            "created_at": made,
            "updated_at": made,
            "last_inbound_message_at": inbound,
            "last_outbound_message_at": outbound,
            "last_activity": max(moments),
            # No messages but these are known, so the one that came in last was the first one.
            "waiting_since": (made if outbound is None else inbound) if waits else None,
        }

    def filters(self) -> Row:
        """Some filters at random, none of which contradict each other."""
        some = {name: self._some(self.ids[name]) for name in NAMED if name != "tag"}
        tags = {name: self._some(self.ids["tag"]) for name in ("tag_id", "tag_all", "tag_none")}
        tiers = [each["tier_id"] for each in self.companies.values() if each["tier_id"]]
        revenue = self.chance.randint(0, 40)
        every = (
            some
            | tags
            | {
                "status": self._some(["open", "snoozed", "done"]),
                "tab": self.chance.choice(TABS),
                "unassigned": self.chance.choice(["true", "false"]),
                "pain_level": self._some(PAIN),
                "origin": self._some(ORIGINS),
                "waiting_longer_than": str(self.chance.randint(0, 300) * 60),
                "company_tier": self._some(sorted(set(tiers))),
                "company_revenue_min": str(revenue),
                "company_revenue_max": str(revenue + self.chance.randint(0, 30)),
                "created_after": iso(self._moment()),
                "updated_before": iso(self._moment()),
            }
        )
        names = self.chance.sample(sorted(every), self.chance.choice([0, 1, 1, 2, 2, 3]))
        return {name: every[name] for name in names}

    def _some(self, values: Sequence[str]) -> str:
        return ",".join(self.chance.sample(values, self.chance.choice([1, 1, 2])))

    def list(self, filters: Row, sort: str) -> list[str]:
        """The ids of the threads that a list has, in its order."""
        meant = [each for each in self.threads if self._is_meant(each, filters)]
        if sort == "oldest_waiting":
            meant = [each for each in meant if self._waits(each)]
        keys = sorted((self._key(each, sort), each["id"]) for each in meant)
        ids = [id for _, id in keys]
        return ids if sort == "oldest_waiting" else ids[::-1]

    def _key(self, thread: Row, sort: str) -> tuple[object, ...]:
        made, company = thread["created_at"], thread["company_id"]
        revenue = self.companies.get(company, {}).get("revenue")
        keys: dict[str, tuple[object, ...]] = {
            "created_at": (made,),
            "last_activity": (thread["last_activity"],),
            "oldest_waiting": (thread["waiting_since"],),
            "pain": (PAIN.index(thread["pain_level"]), made),
            "revenue": (-1, "", made) if revenue is None else (revenue, company, made),
        }
        return keys[sort]

    def _waits(self, thread: Row) -> bool:
        return thread["status"] == "open" and thread["waiting_since"] is not None

    def _is_meant(self, thread: Row, filters: Row) -> bool:
        return all(self._meets(thread, name, value) for name, value in filters.items())

    def _meets(self, thread: Row, name: str, value: str) -> bool:  # noqa: PLR0911  # a case each
        values = set(value.split(","))
        company = self.companies.get(thread["company_id"], {})
        revenue = company.get("revenue")
        match name:
            case "tab":
                return self._is_in_tab(thread, value)
            case "unassigned":
                return (thread["assignee_id"] is None) == (value == "true")
            case "tag_id":
                return bool(thread["tags"] & values - self.deleted)
            case "tag_all":
                return bool(values <= thread["tags"] - self.deleted)
            case "tag_none":
                return not thread["tags"] & values - self.deleted
            case "waiting_longer_than":
                since = self.now - timedelta(seconds=int(value))
                return self._waits(thread) and bool(thread["waiting_since"] < since)
            case "company_tier":
                return company.get("tier_id") in values
            case "company_revenue_min":
                return revenue is not None and revenue >= int(value)
            case "company_revenue_max":
                return revenue is not None and revenue <= int(value)
            case "created_after":
                return iso(thread["created_at"]) > value
            case "updated_before":
                return iso(thread["updated_at"]) < value
        return thread[name] in values - self.deleted

    def _is_in_tab(self, thread: Row, tab: str) -> bool:
        if tab == "new":
            return bool(thread["state"] == "new")
        if tab in {"my", "needs-response"}:
            mine = thread["assignee_id"] == self.me and thread["status"] == "open"
            return bool(mine and (tab == "my" or thread["waiting_since"] is not None))
        return bool(thread["status"] == tab)
