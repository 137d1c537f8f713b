"""The ways to the outside that are set up."""

from looplane.delivery.email.commands import EmailChannel, MailSetup
from looplane.delivery.schemas import Channels
from looplane.kit.clock import Clock
from looplane.kit.config import Settings
from looplane.kit.database import Database
from looplane.kit.secrets import Secrets
from looplane.kit.smtp_connections import SmtpConnections

# What leaves by these is taken in: mail is caught where a workspace has no mailbox.
SET_UP = frozenset({"email"})


def set_up_channels(settings: Settings, database: Database, clock: Clock) -> Channels:
    """The channels, by what they deliver; connections of theirs end when they are idle."""
    mail = MailSetup(
        database,
        clock,
        Secrets(settings),
        SmtpConnections(settings.outbound_allow),
        settings.address,
        is_told=settings.console_channel == "on",
    )
    return {"email": EmailChannel(mail)}
