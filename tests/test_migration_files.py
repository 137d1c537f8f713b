"""Migration files and stored functions as text."""

import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from looplane.kit.functions import StoredFunction
from looplane.kit.migrations import Migration, read_migrations


def function(answer: str) -> StoredFunction:
    text = f"create function <name>() returns text language sql as $$ select '{answer}' $$"
    return StoredFunction("answer", text)


def test_only_the_first_comments_say_that_something_breaks() -> None:
    for text in (
        "create table x ();\n-- breaks older programs: no",
        "-- What breaks older programs is said here\ncreate table x ()",
        "",
    ):
        assert Migration("x.sql", text).breaks_older is None


def test_a_function_is_named_by_its_text() -> None:
    names = [function(each).name for each in ("one", "one", "two")]
    assert names[0] == names[1] != names[2]
    assert re.fullmatch(r"answer_[0-9a-f]{8}", names[0])
    assert f"create function {names[0]}()" in function("one").create
    for text in ("create or replace function <name>()", "drop function x", "create function x()"):
        with pytest.raises(ValueError, match="create function"):
            StoredFunction("answer", text)


def test_files_are_read_alike_in_every_locale(tmp_path: Path) -> None:
    (tmp_path / "2026-01-01_ü.sql").write_text("-- „Größe“ …\nselect 1", encoding="utf-8")
    ours = read_migrations((), tmp_path)
    read = "[print(each.digest) for each in read_migrations((), Path(sys.argv[1])).files.values()]"
    imports = "import sys; from pathlib import Path; from looplane.kit.migrations import *"
    told = subprocess.run(
        [sys.executable, "-c", f"{imports}; {read}", str(tmp_path)],
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.split() == [each.digest for each in ours.files.values()]


# What programs from before can trip over.
RISKY = re.compile(
    r"\b(?:drop (?:table|column|view|function)|rename|set not null|type \w+ using"
    r"|add column (?:if not exists )?\w+ [^,;]*not null(?![^,;]*(?:default|generated)))",
    re.IGNORECASE,
)


def test_a_migration_says_whether_it_breaks_older_programs() -> None:
    """One that is risky and breaks nothing says `-- keeps older programs: ` and how."""
    own = read_migrations(()).files
    assert [*own] == sorted(own)
    assert all(before < after for before, after in itertools.pairwise(own))
    for name, file in list(own.items())[1:]:
        if file.breaks_older is None and "-- keeps older programs: " not in file.text:
            assert RISKY.findall(file.text) == [], name
    assert RISKY.search("alter table t add column x text not null;")
    assert not RISKY.search("alter table t add column x text not null default '';")
