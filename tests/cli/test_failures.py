"""What was to be expected is told in a line that says what to do."""

import asyncpg
import pytest

from looplane.cli.failures import explain


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.CannotConnectNowError("the database system is shutting down"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    ],
)
def test_a_database_that_stops_under_a_command(error: Exception) -> None:
    told = explain(error) or ""
    assert str(error) in told
    assert "run this again" in told
    assert "start it" not in told, "it was there"
