"""Who calls: the owner of the key in the header, or else of the session in the cookie.

A browser sends the cookie by itself, so a request that writes also says a token that only the
pages of this origin are told.
"""

import hashlib
import hmac

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from looplane.kit.authentication import Authenticator, bearer
from looplane.kit.errors import CsrfTokenRequired
from looplane.kit.keys import digest
from looplane.kit.principal import Principal

COOKIE = "looplane_session"
CSRF_HEADER = "X-Looplane-CSRF"
# What the principal of a session may do beside what their role allows: be a person at a screen.
SESSION_SCOPE = "session"
_READS = {"GET", "HEAD"}


def session_secret(headers: Headers) -> str | None:
    """The secret in the cookie, if there is one."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE) or None


def session_cookie(secret: str, seconds: int, *, is_secure: bool) -> str:
    """A Set-Cookie header that keeps `secret` for so long."""
    secure = "; Secure" if is_secure else ""
    return f"{COOKIE}={secret}; Path=/api; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"


def dropped_cookie() -> str:
    """A Set-Cookie header after which the browser has no session."""
    return session_cookie("", 0, is_secure=False)


def csrf_token(secret: str) -> str:
    """What proves that a request was made by a page that may read answers of this session.

    It is made from what is stored of the secret, so that it can be told again.
    """
    return hashlib.sha256(b"csrf:" + digest(secret)).hexdigest()


class Callers:
    """Finds callers by what their requests carry."""

    def __init__(self, keys: Authenticator, sessions: Authenticator) -> None:
        self._keys, self.sessions = keys, sessions

    async def find(self, scope: Scope) -> Principal:
        """Who makes the request; the scope has it from then on, as `looplane.principal`.

        Raises CsrfTokenRequired, and what the authenticators do.
        """
        headers, address = Headers(scope=scope), scope.get("looplane.client", "")
        header, secret = headers.get("authorization"), session_secret(headers)
        if header is not None or secret is None:
            principal = await self._keys.authenticate(bearer(header), address)
            scope["looplane.principal"] = principal
            return principal
        principal = await self.sessions.authenticate(secret, address)
        scope["looplane.principal"] = principal
        if scope["method"] not in _READS:
            _require_csrf(headers, secret)
        return principal


def _require_csrf(headers: Headers, secret: str) -> None:
    sent = headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), csrf_token(secret).encode()):
        msg = f"Send the csrf_token of the session in the header {CSRF_HEADER}."
        raise CsrfTokenRequired(msg)
