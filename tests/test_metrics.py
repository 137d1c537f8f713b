"""/metrics, the board and the alerts: held against real processes, by Prometheus's own tool."""

import asyncio
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from looplane.kit.embedded_pg.processes import read_pid_file
from tests import system_packages
from tests.processes import Folder, Process, come_about, folder, free_port

PROMTOOL = system_packages.find("promtool")
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        PROMTOOL is None and not system_packages.may_install(),
        reason="promtool is not installed, and who runs the tests cannot install it",
    ),
]
ROOT = Path(__file__).parent.parent
RULES = ROOT / "deploy" / "prometheus"
BOARD = ROOT / "deploy" / "grafana" / "looplane.json"
WATCH = ROOT / "docs" / "operating" / "watch.md"
NAME = re.compile(r"looplane_[a-z_]+")
ROUND, FIRST = "looplane_worker_round_pause_seconds{round=", ("deliveries", "snoozes")
PARTS = re.compile(r"_(bucket|sum|count)$")


def promtool(*arguments: str, text: str = "") -> str:
    """What it says; fails with that where it is not content."""
    assert PROMTOOL is not None, "`make tools` installs it"
    done = subprocess.run(
        [PROMTOOL, *arguments], input=text, capture_output=True, text=True, check=False, cwd=RULES
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def place(migrated: Path) -> Iterator[Folder]:
    with folder(migrated) as opened:
        yield opened


@pytest.fixture(scope="module")
async def both(place: Folder) -> tuple[Process, Process]:
    """Two processes that answer with a worker beside them, and another worker alone."""
    serve = await place.started("serve --workers 2", log_level="info")
    worker = await place.started("worker", log_level="info")

    async def work() -> bool:
        texts = [await read(each) for each in (serve, worker)]
        return all(f'{ROUND}"{name}"}}' in text for name in FIRST for text in texts)

    await come_about(work)
    return serve, worker


async def read(process: Process, path: str = "/metrics") -> str:
    async with httpx.AsyncClient() as client:
        answer = await client.get(process.url + path)
    assert answer.status_code == httpx.codes.OK
    return answer.text


def value(text: str, series: str) -> float:
    found = re.search(f"^{re.escape(series)} (.+)$", text, re.MULTILINE)
    assert found, series
    return float(found[1])


def known(text: str) -> set[str]:
    return set(re.findall(r"^# TYPE (looplane_\w+)", text, re.MULTILINE))


def named(text: str) -> set[str]:
    return {PARTS.sub("", name) for name in NAME.findall(text)}


async def test_the_figures_follow_the_conventions(both: tuple[Process, Process]) -> None:
    for each in both:
        assert promtool("check", "metrics", text=await read(each)) == ""


async def test_whoever_answers_tells_of_all(both: tuple[Process, Process]) -> None:
    serve, _ = both
    async with httpx.AsyncClient() as client:
        for _ in range(30):
            await client.get(f"{serve.url}/api/v2/me")
    answered = 'looplane_request_seconds_bucket{le="+Inf",operation="me-get"}'

    async def all_are_told() -> bool:  # what was answered is counted and timed after that
        texts = [await read(serve) for _ in range(6)]
        return all(f"{answered} 30.0\n" in each for each in texts)

    await come_about(all_are_told)
    texts = [await read(serve) for _ in range(6)]
    refused = 'looplane_requests_total{method="GET",operation="me-get",status="401"}'
    assert {value(each, refused) for each in texts} == {30}
    for each in texts:
        assert value(each, 'looplane_pool_wait_seconds_count{pool="worker"}') > 0
        assert value(each, 'looplane_worker_round_pause_seconds{round="snoozes"}') == 1
        assert value(each, "looplane_database_up") == 1
        assert value(each, "looplane_stream_followers") == 0
        assert "pid=" not in each, "a figure is of all processes"


async def test_a_worker_alone_has_health_and_figures(
    both: tuple[Process, Process], place: Folder
) -> None:
    serve, worker = both
    for path in ("/healthz", "/readyz"):
        assert json.loads(await read(worker, path)) == {"status": "ok"}
    text = await read(worker)
    assert value(text, "looplane_migrations_pending") == 0
    assert value(text, 'looplane_worker_last_round_timestamp_seconds{round="deliveries"}') > 0
    assert known(await read(serve)) <= known(text)
    assert f"{worker.url}/healthz" in worker.said()
    other = place.start("worker", worker_port=worker.settings["port"])
    assert await other.ended() == 1
    assert "set LOOPLANE_WORKER_PORT" in other.complained()
    quiet = place.start("worker", worker_port="off", port=free_port())
    await come_about(lambda: "The worker runs." in quiet.said())
    assert "http" not in quiet.said()
    quiet.popen.send_signal(signal.SIGTERM)
    assert await quiet.ended() == 0


async def test_the_board_and_the_alerts_name_what_there_is(
    both: tuple[Process, Process], tmp_path: Path
) -> None:
    there = known(await read(both[1]))
    assert named((RULES / "alerts.yml").read_text()) <= there
    board = json.loads(BOARD.read_text())
    targets = [each for panel in board["panels"] for each in panel.get("targets", ())]
    asked = [each["expr"] for each in targets]
    assert set().union(*map(named, asked)) <= there
    assert named(WATCH.read_text()) == there, "each figure is explained"
    plain = [each.replace("$__rate_interval", "5m").replace("$instance", ".*") for each in asked]
    rules = [{"record": f"board:{n}", "expr": each} for n, each in enumerate(plain)]
    file = tmp_path / "board.yml"
    file.write_text(json.dumps({"groups": [{"name": "board", "rules": rules}]}))
    assert f"{len(asked)} rules found" in promtool("check", "rules", str(file))


def test_prometheus_takes_its_configuration_and_the_alerts_do_as_they_say() -> None:
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml")
    assert "SUCCESS" in promtool("test", "rules", "alerts_test.yml")
    rules = (RULES / "alerts.yml").read_text()
    alerts = set(re.findall(r"alert: (\w+)", rules))
    tested = set(
        re.findall(r"alertname: (\w+)\n\s+exp_alerts:\n", (RULES / "alerts_test.yml").read_text())
    )
    assert tested == alerts, "each fires in a test"
    assert set(re.findall(r"^\| `(Looplane\w+)`", WATCH.read_text(), re.MULTILINE)) == alerts


def test_the_board_can_be_imported() -> None:
    board = json.loads(BOARD.read_text())
    assert board["title"] == "Looplane"
    assert {each["name"] for each in board["templating"]["list"]} == {"datasource", "instance"}
    ids = [each["id"] for each in board["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


def is_said_to_be_back(process: Process) -> bool:
    told = process.complained()
    return told.count("the database is back") == told.count("the database is away")


async def test_a_database_that_goes_and_comes_is_said_once_each(
    both: tuple[Process, Process], place: Folder
) -> None:
    _, worker = both
    kills = 0
    # One that is back at once may not have been missed.
    while not all(each.complained().count("the database is back") for each in both):
        found = read_pid_file(place.data_dir / "postgres")
        assert found is not None
        assert kills < 20
        os.kill(found.pid, signal.SIGKILL)
        kills += 1
        await place.server_after(found.pid)
        await asyncio.sleep(2)
    for each in both:
        await come_about(partial(is_said_to_be_back, each))
        assert 1 <= each.complained().count("the database is away") <= kills
        assert not each.stumbled()
    for path in ("/healthz", "/readyz", "/metrics"):
        assert f'"path":"{path}"' not in worker.complained()
