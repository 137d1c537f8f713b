"""The ways to the outside that are set up."""

from collections.abc import Sequence

from looplane.delivery.email.commands import EmailChannel, MailSetup
from looplane.delivery.fan_out.schemas import Fan
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


def set_up_fans(_settings: Settings, _clock: Clock) -> Sequence[Fan]:
    """Those who plan what is to leave because of events."""
    return ()
