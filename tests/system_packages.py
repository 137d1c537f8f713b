"""Programs that tests need and Python cannot install: `python tests/system_packages.py`.

Installs what is missing where it may, and says what to install where it may not. It never fails:
a test says itself what it lacks.
"""

import os
import shutil
import subprocess
import sys

# Programs, by the Debian package that has them.
PACKAGES = {
    "caddy": "caddy",
    "chromium-headless-shell": "chromium-headless-shell",
    "nginx-light": "nginx",
    "pgbouncer": "pgbouncer",
    "prometheus": "promtool",
    "systemd": "systemd-analyze",
}
# The browser without what a window needs takes two thirds of the work of this one, which does as well
# where a system has no such package.
BROWSERS = ("chromium-headless-shell", "chromium")
# Where system programs are that are no user's.
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def find(program: str) -> str | None:
    """Where `program` is, if it is installed."""
    return shutil.which(program, path=_PATH)


def missing() -> list[str]:
    """The packages whose programs are not installed."""
    return [package for package, program in PACKAGES.items() if find(program) is None]


def may_install() -> bool:
    """Whether `make tools` can install packages here; then a test may count on them."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """Installs `packages` from the sources of this system."""
    _get("update")
    for package in packages:
        if not _get("install", "-y", "--no-install-recommends", package) and package in BROWSERS:
            _get("install", "-y", "--no-install-recommends", BROWSERS[-1])


def _get(*arguments: str) -> bool:
    # What is installed for tests is not started as a service, at ports of this machine.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_OFFLINE": "1"}
    command = ["apt-get", "-qq", *arguments]
    done = subprocess.run(command, env=quiet, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(f"{' '.join(command)} failed: {done.stderr.strip()}\n")
    return done.returncode == 0


if __name__ == "__main__" and (lacking := missing()):
    if may_install():
        sys.stdout.write(f"Installing {', '.join(lacking)} for the tests…\n")
        install(lacking)
    else:
        sys.stdout.write(f"Some tests need {', '.join(lacking)}: apt-get install them, as root.\n")
