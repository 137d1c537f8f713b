"""HTTP: signing in."""

from typing import Annotated

from starlette.responses import Response

from looplane.kit.api import Api, require_scopes
from looplane.kit.errors import Conflict, Forbidden, NotFound, SecondFactorRequired, Unauthenticated
from looplane.kit.visits import Visit
from looplane.sessions.schemas import SessionOut
from looplane.sessions.sign_in import commands
from looplane.sessions.sign_in.schemas import SignedInOut, SignIn, SignInByInvite, SignInByLink

api = Api("sessions", for_app=True)
Visiting = Annotated[Visit, require_scopes()]


@api.post(
    "/session", "session-signIn", SignedInOut, Unauthenticated, SecondFactorRequired, Forbidden
)
async def sign_in(body: SignIn, visit: Visiting) -> Response:
    """Sign in with an address and a password.

    `second_factor_required` asks for a `code` too, or for another one. Who tries too often waits
    for longer and longer (429, `Retry-After`); a mailed link waits for none of it.
    """
    return await commands.sign_in(visit, body)


@api.post(
    "/session/by-link",
    "session-signInByLink",
    SessionOut,
    Unauthenticated,
    SecondFactorRequired,
    Forbidden,
    Conflict,
)
async def sign_in_by_link(body: SignInByLink, visit: Visiting) -> Response:
    """Sign in with the token of a link, which is good once; one that is refused stays good."""
    return await commands.sign_in_by_link(visit, body)


@api.post("/session/by-invite", "session-signInByInvite", SessionOut, Forbidden, NotFound, Conflict)
async def sign_in_by_invite(body: SignInByInvite, visit: Visiting) -> Response:
    """Accept an invite with a password of one's own, and sign in."""
    return await commands.sign_in_by_invite(visit, body)
