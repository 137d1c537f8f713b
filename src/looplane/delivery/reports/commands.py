"""What the log and the figures are told of attempts that have ended."""

import structlog

from looplane.delivery.commands import Finished
from looplane.kit.work_metrics import count_attempt, count_died

_log = structlog.get_logger("looplane.delivery")


def report(finished: Finished) -> None:
    """Counts them, and logs those that delivered nothing."""
    _log_finished(finished)
    _count_finished(finished)


def _count_finished(finished: Finished) -> None:
    died = {id for ids in finished.died.values() for id in ids}
    for each in finished.sent:
        outcome = "postponed" if each.attempted.is_postponed else each.attempted.outcome
        seconds = (each.ended_at - each.started_at).total_seconds()
        count_attempt(each.delivery.channel, outcome, max(0, seconds))
        if each.delivery.id in died:
            count_died(each.delivery.channel)


def _log_finished(finished: Finished) -> None:
    for each in finished.sent:
        if each.attempted.outcome != "delivered":
            _log.warning(
                "not delivered",
                delivery=str(each.delivery.id),
                kind=each.delivery.kind,
                attempt=each.delivery.attempt,
                reason=each.attempted.reason,
            )
    for queue in finished.lost:
        _log.warning(
            "a queue was taken over",
            workspace=str(queue.workspace_id),
            channel=queue.channel,
            queue=queue.queue,
        )
