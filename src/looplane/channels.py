"""The ways to the outside that are set up."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from looplane.delivery.email.commands import EmailChannel, MailSetup
from looplane.delivery.email.schemas import Notice
from looplane.delivery.fan_out.schemas import Fan
from looplane.delivery.schemas import Channels, DueDelivery
from looplane.delivery.slack.commands import SlackChannel
from looplane.delivery.webhook.commands import WebhookChannel, WebhookFan
from looplane.kit.clock import Clock
from looplane.kit.config import Settings
from looplane.kit.connections import raise_file_limit
from looplane.kit.database import Connection, Database
from looplane.kit.outbound import Outbound
from looplane.kit.secrets import Secrets
from looplane.kit.slack_api import SlackApi
from looplane.kit.smtp_connections import SmtpConnections
from looplane.notices.fan_out.commands import NoticeFan
from looplane.notices.words.commands import notice_words

# What leaves by these is taken in: mail is caught where a workspace has no mailbox, and whether one
# is connected to Slack is looked at with the write.
SET_UP = frozenset({"email", "slack"})


@asynccontextmanager
async def open_channels(
    database: Database, settings: Settings, clock: Clock
) -> AsyncIterator[Channels]:
    """All channels, by what they deliver, as a worker has them; their connections end with this."""
    # As many requests are open as there are attempts: one target never waits for another one.
    raise_file_limit()
    secrets, outbound = Secrets(settings), Outbound(settings.outbound_allow, connections=None)
    mail = MailSetup(
        database,
        clock,
        secrets,
        SmtpConnections(settings.outbound_allow),
        settings.address,
        is_told=settings.console_channel == "on",
        keep_caught_mail_days=settings.keep_caught_mail_days,
        find_notices=partial(_find_notices, settings.address),
    )
    try:
        yield {
            "email": EmailChannel(mail),
            "slack": SlackChannel(secrets, SlackApi(settings.slack_url), settings.address),
            "webhook": WebhookChannel(database, outbound, secrets, clock),
        }
    finally:
        await outbound.aclose()


async def _find_notices(
    site: str, con: Connection, deliveries: Sequence[DueDelivery]
) -> Mapping[UUID, Notice]:
    """What the notices of one workspace say by mail."""
    workspace_id, ids = deliveries[0].workspace_id, [each.subject_id for each in deliveries]
    words = await notice_words(con, workspace_id, ids, site)
    found = {each.id: words[each.subject_id] for each in deliveries if each.subject_id in words}
    return {
        id: Notice(each.subject, each.sentence, each.excerpt, each.link)
        for id, each in found.items()
    }


def set_up_fans(_settings: Settings, clock: Clock) -> Sequence[Fan]:
    """Those who plan what is to leave because of events."""
    return (NoticeFan(clock), WebhookFan(clock))
