"""A migration that was released is never edited, renamed or removed, and none goes before it."""

import hashlib
import json
import subprocess

import pytest

from looplane.kit.migrations import folder_of, read_migrations
from tests.make_release_dump import DIGESTS, ROOT

_DIGESTS = str(DIGESTS.relative_to(ROOT))


def released() -> dict[str, str]:
    digests: dict[str, str] = json.loads(DIGESTS.read_bytes())
    return digests


def _git(*words: str) -> str:
    command = ["git", "-C", str(ROOT), *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def _has_history() -> bool:
    try:
        return _git("rev-parse", "--is-shallow-repository", "--show-prefix").split() == ["false"]
    except (OSError, subprocess.CalledProcessError):
        return False


def test_each_released_file_is_what_it_was() -> None:
    folder = folder_of("migrations")
    for name, digest in released().items():
        content = (folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, f"{name} was released: add another"


def test_what_the_ledger_keeps_is_the_digest_of_the_file() -> None:
    known = released()
    digests = {name: file.digest for name, file in read_migrations(()).files.items()}
    assert known.items() <= digests.items()


def test_new_files_come_after_all_that_were_released() -> None:
    known = released()
    new = [name for name in read_migrations(()).files if name not in known]
    assert min(new, default="~") > max(known)


@pytest.mark.skipif(not _has_history(), reason="needs the history: a tarball has digests alone")
def test_in_the_history_nothing_changed_after_its_release() -> None:
    now, seen = released(), set[str]()
    for commit in _git("log", "--reverse", "--format=%H", "HEAD", "--", _DIGESTS).split():
        then: dict[str, str] = json.loads(_git("show", f"{commit}:{_DIGESTS}"))
        assert then.items() <= now.items(), f"{commit} has other digests: none is ever replaced"
        new = [f"migrations/{name}" for name in then if name not in seen]
        seen |= then.keys()
        later = ("--diff-filter=MDRT", "--format=%h %s", f"{commit}..HEAD", "--", *new)
        assert not new or not _git("log", *later), f"changed after {commit}"
