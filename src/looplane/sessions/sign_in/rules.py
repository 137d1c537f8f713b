"""What a link takes beside its token. Pure."""

from looplane.sessions.credentials.rules import password_faults
from looplane.sessions.sign_in.schemas import SignInByLink

_FIRST = ("name", "email", "password")


def link_faults(body: SignInByLink, purpose: str, email: str) -> list[str]:
    """What is wrong with what came with a link of this purpose, to the member with this address."""
    if purpose != "first_run":
        sent = [name for name in _FIRST if getattr(body, name) is not None]
        return [f"{name}: is taken at the first run only" for name in sent]
    if body.password is None:
        return []
    return password_faults("password", body.password, body.email or email)
