"""Servers that take what is sent to them, and fail at it by chance until they are to be well."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from tests.mail_servers import MailServer, mail_server
from tests.slack.server import Slack, reply, slack_server
from tests.web_servers import answer
from tests.webhooks.targets import (
    OK,
    Answering,
    Received,
    Target,
    hang,
    hang_up,
    hang_up_at_once,
    target,
)

# One is always well, one fails by chance, and one is away every other while.
STEADY, FICKLE, ABSENT = "/steady", "/fickle", "/absent"
HOOKS = (STEADY, FICKLE, ABSENT)
_ABSENCE = 7  # seconds
_MOOD = 1.0  # seconds until a server is of another one


@dataclass(frozen=True)
class Arrival:
    """A request to a webhook; `is_taken` where the target has made of it what it should."""

    event_id: str
    body: bytes
    is_taken: bool


@dataclass
class Receivers:
    """What is sent to, and what came."""

    chance: Random
    hooks: Target
    mail: MailServer
    slack: Slack
    is_well: bool = False
    arrivals: dict[str, list[Arrival]] = field(default_factory=dict)
    moods: Counter[str] = field(default_factory=Counter)

    def answer(self, request: Received) -> bytes | Answering:
        """What a webhook is answered with."""
        mood = "well" if self.is_well else self._mood_of(request.path)
        said, is_taken = self._answers()[mood]
        arrival = Arrival(request.headers["webhook-id"], request.body, is_taken)
        self.arrivals.setdefault(request.path, []).append(arrival)
        self.moods[f"webhook {mood}"] += 1
        return said

    def _mood_of(self, path: str) -> str:
        if path == ABSENT:
            return "503" if int(time.monotonic()) // _ABSENCE % 2 else "well"
        if path == FICKLE and self.chance.random() < 0.1:
            return self.chance.choice([*self._answers()])
        return "well"

    def _answers(self) -> dict[str, tuple[bytes | Answering, bool]]:
        return {
            "well": (OK, True),
            "slow": (self._slow, True),
            "cut off half-way": (hang_up, True),
            "hung up on": (hang_up_at_once, False),
            "left hanging": (hang, False),
            "redirected": (answer(status=302, Location="http://elsewhere.example/"), False),
            "422": (answer(status=422), False),
            "500": (answer(status=500), False),
            "503": (answer(status=503, Retry_After="1"), False),
        }

    async def _slow(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.chance.uniform(0.2, 3))
        writer.write(OK)
        await writer.drain()

    async def keep_changing(self) -> None:
        """The servers of mail and Slack are of another mood every second, until all recover."""
        while True:
            self._be_well()
            if not self.is_well and self.chance.random() < 0.6:
                mood = self.chance.choice([*self._spoilers()])
                self._spoilers()[mood]()
                self.moods[f"seconds of {mood}"] += 1
            await asyncio.sleep(_MOOD)

    def recover(self) -> None:
        """From now on all are well."""
        self.is_well = True
        self._be_well()

    def _be_well(self) -> None:
        mail = self.mail
        mail.mail = mail.rcpt = mail.data = None
        mail.hangs_at = mail.closes_at = ""
        self.slack.answers.clear()

    def _spoilers(self) -> dict[str, Callable[[], None]]:
        def mail(name: str, says: str) -> Callable[[], None]:
            return lambda: setattr(self.mail, name, says)

        def slack(error: str, *answered: int | str) -> Callable[[], None]:
            status, *headers = answered or (200,)
            return lambda: self.slack.says(error, int(status), *map(str, headers))

        return {
            "a sender put off": mail("mail", "451 4.3.0 Later"),
            "a recipient put off": mail("rcpt", "450 4.2.0 Later"),
            "a mail put off": mail("data", "452 4.3.1 Later"),
            "a mail taken without an answer": mail("closes_at", "data"),
            "a mail server that hangs up": mail("closes_at", "connect"),
            "a mail server that hangs": mail("hangs_at", "data"),
            "a Slack that is busy": slack("ratelimited", 429, "Retry-After: 1"),
            "a Slack that fails": slack("internal_error", 500),
            "a Slack that is garbled": lambda: self.slack.answers.update(
                {"chat.postMessage": reply(b"<p>Sorry")}
            ),
        }


@asynccontextmanager
async def receivers(chance: Random) -> AsyncIterator[Receivers]:
    """Servers on this machine, which are of many moods during the block."""
    async with AsyncExitStack() as stack:
        hooks = await stack.enter_async_context(target())
        mail = await stack.enter_async_context(mail_server())
        slack = await stack.enter_async_context(slack_server())
        these = Receivers(chance, hooks, mail, slack)
        hooks.always = these.answer
        changing = asyncio.create_task(these.keep_changing())
        try:
            yield these
        finally:
            changing.cancel()
