"""Lists of a million threads read a part of them only. `make million`; takes some minutes."""

import asyncio
import os
from pathlib import Path

import pytest

from bench import lists
from bench.world import postgres, seed

THREADS = 1_000_000
# Rows of tables and indexes that a page takes at the most: it is looked for among a few thousand
# threads, then by each filter among as many, and the tags of each are looked up.
MOST = 40_000


@pytest.mark.skipif("LOOPLANE_MILLION" not in os.environ, reason="takes minutes: make million")
def test_no_list_reads_all_of_a_million_threads(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with postgres(tmp_path) as (dsn, binaries):
        pages = lists.measure(asyncio.run(seed(dsn, binaries, THREADS)))
    assert len(pages) > len(lists.FILTERS) * len(lists.SORTS)
    assert {page.name: page.rows for page in pages if page.rows > MOST} == {}
