"""Every block of README.md and of the chapters does what it says, pasted in their order."""

import re

import pytest

from tests.operating.pages import README, Block, blocks, chapters
from tests.operating.year import Failed

pytestmark = pytest.mark.processes
BLOCKS = [each for path in (README, *chapters()) for each in blocks(path) if each.kind == "sh"]
# What the page says of a command, as its output has it.
PROMISED = {
    "make run     #": r"Looplane is ready at http://127.0.0.1:\d+\n(.|\n)*export KEY=ll_",
    '"closed_loop": true': '"status" : "done"',
    "member sign-in-link": r"http://127.0.0.1:\d+/sign-in-link#lll_",
    "key create": r"key +ll_[0-9a-f]{64}\n",
    "' make run": "There is no workspace yet(.|\n)*member create --workspace",
    "looplane --version": r"Looplane \d+\.\d+\.\d+\n\n  newest migration  20",
    "looplane doctor": r"(?m)^ok  database (?!(.|\n)*^(fail|warn) )",
    "looplane move": "rows .* the same by count and by hash",
    "host/looplane'\n": "PostgreSQL 1[5-8] at LOOPLANE_DATABASE_URL",
    "looplane backup": r"The backup is in [\w-]+\.tar\n",
    "looplane migrate": "The database is up to date",
    "looplane restore": r"Restored\.\n",
    "DATA_DIR=drill": "My company",
    "/readyz": '{"status":"ok"}',
    "/metrics": r"looplane_events_behind 0",
    "member role": "Ada is ADMIN now",
    "list --archived": r"Our company +[\d-]+\n +archived ",
    "workspace delete": "Deleted the workspace Our company",
    "retry-events": r"told +0\n",
    "contact erase": r"threads +[1-9]",
    "pg_total_relation_size(c.oid)": "(?m)^ threads +[|]",
    "from deliveries where state": r"(?m)^ 20\d\d-\d\d-01 [|] +[1-9]",
    "vacuum": "VACUUM",
    "delivered_by": "(?m)^ email +[|]",
}


@pytest.mark.parametrize("block", [pytest.param(each, id=each.name) for each in BLOCKS])
def test_a_block_does_what_it_says(year: dict[str, str | Failed], block: Block) -> None:
    said = year[block.name]
    assert not isinstance(said, Failed), str(said)
    for command, promised in PROMISED.items():
        if command in block.text:
            assert re.search(promised, said), f"{promised}\n{said}"


def test_each_promise_is_of_a_command() -> None:
    text = "".join(each.text for each in BLOCKS)
    assert [command for command in PROMISED if command not in text] == []
