"""Which tests run in which of the parts that `make test` runs side by side."""

import signal
from functools import cache
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from looplane.kit import passwords
from tests.cheap_hasher import cheap_hasher

_TESTS = Path(__file__).parent
_PROCESSES, _OTHERS = "processes", "not processes"
_MARK = "mark." + _PROCESSES
# Tests that start processes, and some that the last tests need not look back on: `make test` runs
# them beside the others, and either part takes about as long.
ASIDE = (
    "cli/",
    "deploy/",
    "embedded_pg/",
    "html_upkeep/",
    "operating/",
    "test_api_processes.py",
    "test_browser.py",
    "test_bulk_threads_killed.py",
    "test_company_merge_races.py",
    "test_deletion_races.py",
    "test_demo_",
    "test_event_processes.py",
    "test_hostile_html.py",
    "test_hostile_input.py",
    "test_house.py",
    "test_html.py",
    "test_html_cleaner",
    "test_html_styles.py",
    "test_html_work.py",
    "test_http_connections.py",
    "test_kill.py",
    "test_list_threads_plans.py",
    "test_lost_updates.py",
    "test_messages.py",
    "test_migrations.py",
    "test_mutants.py",
    "test_outbound",
    "test_plans.py",  # on tables whose figures no other test has changed
    "test_pooler.py",
    "test_readiness.py",
    "test_reference.py",
    "test_releases.py",
    "test_request_examples.py",
    "test_schemathesis.py",
    "test_settings.py",
    "test_setup.py",
    "test_start.py",
    "test_thread_as_of_any_time.py",
    "test_two_versions.py",
    "test_wake.py",
    "test_web_site.py",
)


def pytest_configure() -> None:
    """What is started from here ends at Ctrl-C, also where this was started in the background."""
    # One at its price takes a fifth of a second; what it is made of is asked by a test of its own.
    pytest.MonkeyPatch().setattr(passwords, "PasswordHasher", cheap_hasher)
    # Nothing is timed, and a machine that does other work makes no example slow.
    unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("unhurried", unhurried)
    settings.load_profile("unhurried")
    # An error is told in words, not in pictures of all that it saw, which takes seconds.
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@cache
def _is_aside(path: Path) -> bool:
    """Whether it is named above, or says so itself: each file is in one of the parts."""
    return str(path.relative_to(_TESTS)).startswith(ASIDE) or _MARK in path.read_text()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Reads no file of the part that does not run."""
    if not collection_path.match("test_*.py"):
        return None
    left_out = {_PROCESSES: False, _OTHERS: True}.get(config.option.markexpr)
    return True if _is_aside(collection_path) == left_out else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what starts processes; what looks back on all the others comes last, after them all."""
    for each in items:
        if _is_aside(each.path):
            each.add_marker(_PROCESSES)
        elif each.get_closest_marker(_PROCESSES):
            msg = f"{each.nodeid} would run in neither part: name its file in tests/lanes.py."
            raise pytest.UsageError(msg)
    last = [each for each in items if each.get_closest_marker("whole_run")]
    items[:] = [each for each in items if each not in last]
    missing = set(_TESTS.rglob("test_*.py")) - {each.path for each in items}
    if not missing or (all(map(_is_aside, missing)) and config.option.markexpr == _OTHERS):
        items += last
    else:
        config.hook.pytest_deselected(items=last)
