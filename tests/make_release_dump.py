"""Makes the dump of a release that `tests/test_releases.py` upgrades.

`python -m tests.make_release_dump NAME [CHECKOUT]`: a checkout of that release, by default this one.
Its own program makes its demo and changes a thread in it. Commit what is written, and the digests
of its migrations, which are written too.
"""

import argparse
import gzip
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from tests.processes import PATIENCE, free_port

ROOT = Path(__file__).parent.parent
RELEASES = ROOT / "tests" / "data" / "releases"
DIGESTS = ROOT / "tests" / "data" / "released_migrations.json"
# What only the newest servers and programs know.
_NEW = re.compile(rb"^(?:SET transaction_timeout = 0;|\\(?:un)?restrict .*)\n", re.MULTILINE)


def make_dump(checkout: Path) -> bytes:
    """SQL for psql that makes the database of a release as its own program left it."""
    with tempfile.TemporaryDirectory(prefix="looplane-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # for the account that root hands the server to
        settings = {
            "PYTHONPATH": str(checkout / "src"),
            "LOOPLANE_DATA_DIR": str(folder / "data"),
            "LOOPLANE_PORT": str(free_port()),
        }
        command = [sys.executable, "-m", "looplane.cli.app"]
        env = os.environ | settings
        serve = subprocess.Popen(
            [*command, "serve", "--json"], env=env, cwd=folder, stdout=subprocess.PIPE
        )
        try:
            _change(_greeting(serve))
            dump = [*command, "pg", "pg_dump", "--no-owner", "--no-privileges", "--no-comments"]
            sql = subprocess.run(dump, env=env, cwd=folder, stdout=subprocess.PIPE, check=True)
        finally:
            serve.send_signal(signal.SIGINT)
            serve.communicate(timeout=PATIENCE)
    return _NEW.sub(b"", sql.stdout)


def _greeting(serve: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert serve.stdout is not None
    lines = []
    for line in serve.stdout:
        lines.append(line)
        if line == b"}\n":
            break
    answer: dict[str, Any] = json.loads(b"".join(lines))
    return answer


def _change(about: dict[str, Any]) -> None:
    """Writes as callers do, so that there are events of a release beside its demo."""
    headers = {"Authorization": f"Bearer {about['key']}"}
    url = f"{about['url']}/api/v2/threads/{about['thread_id']}"
    for body in ({"title": "Größe „XL“ … 漢字"}, {"status": "done"}, {"status": "open"}):
        httpx.patch(url, json=body, headers=headers, timeout=PATIENCE).raise_for_status()


def note_digests(checkout: Path) -> None:
    """Writes down what the migrations of a release are, beside those of all before."""
    known = json.loads(DIGESTS.read_bytes()) if DIGESTS.exists() else {}
    for path in sorted((checkout / "migrations").glob("*.sql")):
        known.setdefault(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    DIGESTS.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the date of its last migration")
    parser.add_argument("checkout", type=Path, nargs="?", default=ROOT)
    given = parser.parse_args()
    path = RELEASES / f"{given.name}.sql.gz"
    path.write_bytes(gzip.compress(make_dump(given.checkout.resolve()), mtime=0))
    note_digests(given.checkout)
    sys.stdout.write(f"{path}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
