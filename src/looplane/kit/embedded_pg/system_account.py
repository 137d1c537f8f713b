"""The account that PostgreSQL runs as when we are root."""

import logging
import os
import pwd
import shlex
import shutil
import subprocess
from contextlib import suppress

from looplane.kit.embedded_pg.errors import EmbeddedError

logger = logging.getLogger("looplane.postgres")

OWN = "looplane"
USUAL = ("postgres", OWN)
ADD = ("useradd", "--system", "--user-group", "--no-create-home", "--shell=/usr/sbin/nologin", OWN)
ADMIN_FOLDERS = f"/usr/sbin:/sbin:{os.defpath}"


def system_account() -> pwd.struct_passwd:
    """The first account of `USUAL` that there is; the last one is made where there is none.

    Never `nobody`, as which other programs run too, and they could read the rows. Raises
    EmbeddedError.
    """
    if found := _find():
        return found
    reason = _add()
    if found := _find():  # made by us, or by another process of ours at the same time
        logger.warning("PostgreSQL does not run as root: it has the system account %s", OWN)
        return found
    message = (
        f"PostgreSQL does not run as root, and an account for it could not be made: {reason}."
        f" Run `{shlex.join(ADD)}`, or run Looplane as a user that is not root."
    )
    raise EmbeddedError(message)


def _find() -> pwd.struct_passwd | None:
    for name in USUAL:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return None


def _add() -> str:
    program = shutil.which(ADD[0], path=ADMIN_FOLDERS)
    if program is None:
        return f"there is no {ADD[0]} here"
    done = subprocess.run(  # noqa: S603
        [program, *ADD[1:]], capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return done.stderr.strip().rstrip(".") or f"{ADD[0]} said nothing"
