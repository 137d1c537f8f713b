"""How somebody is served who is nobody yet: who signs in, or opens a link."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from looplane.kit.attempts import again_on_collision
from looplane.kit.clock import Clock
from looplane.kit.database import Database
from looplane.kit.errors import ValidationFailed
from looplane.kit.responses import Answer, JsonResponse


@dataclass(frozen=True, slots=True)
class Visit:
    """A request without a caller, which is answered after the commit.

    `cause` is the id of the request, `address` and `agent` say from where and by what program it
    comes, `secret` is that of a session it may still have, and `state` is what the application
    holds beside the database.
    """

    database: Database
    clock: Clock
    cause: str
    address: str
    agent: str
    secret: str | None
    state: Any
    faults: tuple[str, ...] = ()

    def raise_faults(self, faults: Sequence[str] = ()) -> None:
        """Raises ValidationFailed with the faults of the form and these, if there are any."""
        if self.faults or faults:
            raise ValidationFailed([*self.faults, *faults])

    async def __call__(self, command: Callable[..., Awaitable[Answer]], *args: object) -> Response:
        """Runs `command`. Raises ValidationFailed where the form of the request has faults."""
        self.raise_faults()

        async def attempt() -> JsonResponse:
            async with self.database.writing() as con:
                answer = await command(con, self, *args)
            return JsonResponse(
                answer.shown_once or answer.body, answer.all_headers(), answer.events
            )

        response = await again_on_collision(attempt)
        if response.events:
            self.state.note_events(None)  # a command of nobody has no workspace beforehand
        return response
