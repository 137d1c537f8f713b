"""Breaks the program on purpose, one rule at a time, and says which mistakes no test notices.

`python -m tests.mutants [--list] [--only WORD]`. The checkout stays as it is: a copy is broken.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from rich.console import Console

from tests.mutations import ROOT, Mutation
from tests.mutations.app_operations import APP_OPERATIONS
from tests.mutations.as_of import AS_OF
from tests.mutations.backups import BACKUPS
from tests.mutations.bulk import BULK
from tests.mutations.callers import CALLERS
from tests.mutations.changelogs import CHANGELOGS
from tests.mutations.chapters import CHAPTERS
from tests.mutations.commands import COMMANDS
from tests.mutations.comments import COMMENTS
from tests.mutations.connections import CONNECTIONS
from tests.mutations.contacts import CONTACTS
from tests.mutations.content import CONTENT
from tests.mutations.database import DATABASE
from tests.mutations.decisions import DECISIONS
from tests.mutations.deliveries import DELIVERIES
from tests.mutations.delivery_api import DELIVERY_API
from tests.mutations.demo import DEMO
from tests.mutations.deploy import DEPLOY
from tests.mutations.docs import DOCS
from tests.mutations.feed import FEED
from tests.mutations.files import FILES
from tests.mutations.following import FOLLOWING
from tests.mutations.issues import ISSUES
from tests.mutations.mail import MAIL
from tests.mutations.members import MEMBERS
from tests.mutations.messages import MESSAGES
from tests.mutations.metrics import METRICS
from tests.mutations.notices import NOTICES
from tests.mutations.processes import PROCESSES
from tests.mutations.reference import REFERENCE
from tests.mutations.retention import RETENTION
from tests.mutations.sign_in import SIGN_IN
from tests.mutations.statements import STATEMENTS
from tests.mutations.thread_lists import THREAD_LISTS
from tests.mutations.thread_undo import THREAD_UNDO
from tests.mutations.undo import UNDO
from tests.mutations.upgrades import UPGRADES
from tests.mutations.views import VIEWS
from tests.mutations.web_site import WEB_SITE
from tests.mutations.webhooks import WEBHOOKS

MUTATIONS = [
    *UPGRADES,
    *SIGN_IN,
    *STATEMENTS,
    *APP_OPERATIONS,
    *AS_OF,
    *DECISIONS,
    *CALLERS,
    *BACKUPS,
    *BULK,
    *COMMANDS,
    *COMMENTS,
    *CHANGELOGS,
    *CHAPTERS,
    *CONTACTS,
    *CONTENT,
    *FILES,
    *CONNECTIONS,
    *FOLLOWING,
    *DATABASE,
    *ISSUES,
    *PROCESSES,
    *METRICS,
    *REFERENCE,
    *RETENTION,
    *MAIL,
    *MEMBERS,
    *UNDO,
    *DOCS,
    *DEMO,
    *DEPLOY,
    *MESSAGES,
    *NOTICES,
    *DELIVERIES,
    *DELIVERY_API,
    *WEB_SITE,
    *WEBHOOKS,
    *THREAD_LISTS,
    *THREAD_UNDO,
    *FEED,
    *VIEWS,
]
_LIMIT = 300  # seconds; what takes longer does not go through, so it is noticed
_PASSED, _FAILED = 0, 1  # exit codes of pytest; all others say that it could not test
_LEFT_OUT = (".*", "__pycache__", "bench", "node_modules")


class Copy:
    """A copy of the checkout that may be broken; `said` is what the last tests ended with."""

    said = ""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "looplane"
        shutil.copytree(ROOT, self._root, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        # As a function with a cache: many mutations have the same tests.
        self._passes_whole = cache(lambda tests: self._test(tests) == _PASSED)

    def judge(self, mutation: Mutation) -> str:
        """`killed`, `survived`, `stale`, or `unjudged` where the tests fail without it too."""
        file = self._root / mutation.file
        whole = file.read_text()
        try:
            broken = mutation.applied(whole)
        except LookupError:
            return "stale"
        if not self._passes_whole(mutation.tests):
            return "unjudged"
        file.write_text(broken)
        try:
            code = self._test(mutation.tests)
        finally:
            file.write_text(whole)
        return {_PASSED: "survived", _FAILED: "killed"}.get(code, "unjudged")

    def _test(self, tests: str) -> int:
        """The exit code of pytest over `tests`; `said` is what it ended with."""
        paths = [f"tests/{each}" for each in tests.split()]
        command = [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *paths]
        sources = os.pathsep.join(map(str, (self._root / "src", self._root)))
        environment = {**os.environ, "PYTHONPATH": sources, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ended = subprocess.run(
                command,
                cwd=self._root,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=_LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            self.said = f"not done after {_LIMIT} s"
            return _FAILED
        named = [line for line in ended.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        self.said = (named or ended.stdout.splitlines() or [""])[-1]
        return ended.returncode


def chosen(word: str) -> list[Mutation]:
    """The mutations that have `word` in their name, their file or their tests."""
    return [each for each in MUTATIONS if word in f"{each.name} {each.file} {each.tests}"]


def main() -> int:
    """1 if a mutation survived, is stale, or could not be judged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
    parser.add_argument("--only", default="", metavar="WORD", help="those with this word alone")
    options = parser.parse_args()
    say = Console(soft_wrap=True, highlight=False, markup=False).print
    mutations = chosen(options.only)
    if options.list:
        say(*(f"{each.file}: {each.name} ({each.tests})" for each in mutations), sep="\n")
        return 0
    verdicts: dict[str, list[Mutation]] = {}
    with tempfile.TemporaryDirectory(prefix="looplane-mutants-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL may run as another account
        copy = Copy(Path(folder))
        for each in mutations:
            began = time.monotonic()
            verdict = copy.judge(each)
            verdicts.setdefault(verdict, []).append(each)
            took = time.monotonic() - began
            say(f"{verdict:9} {took:4.0f} s  {each.file}: {each.name}")
            if verdict == "unjudged":
                say(f"          {copy.said}")
    say(", ".join(f"{len(found)} {verdict}" for verdict, found in verdicts.items()) or "none")
    return int(verdicts.keys() != {"killed"})


if __name__ == "__main__":
    sys.exit(main())
