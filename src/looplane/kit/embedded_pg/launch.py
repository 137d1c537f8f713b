"""Run between fork and PostgreSQL: drop root, tie our life to the parent's, become the program.

A program of its own (`python -IS launch.py PARENT UID GID PASS_CLOSED COMMAND...`), because
subprocess's `preexec_fn` is not safe once there are threads.
"""

import ctypes
import os
import signal
import stat
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

ADVICE = (
    "\nA folder on the way to it or to the data is closed to the user PostgreSQL runs as:"
    " `chmod o+x` it, or set LOOPLANE_DATA_DIR and LOOPLANE_PG_BIN to folders that are open."
)

libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


def prctl(option: int, value: int, argument: int = 0) -> None:
    call("prctl", option, *(ctypes.c_ulong(word) for word in (value, argument, 0, 0)))


def keep_only(capability: int) -> None:
    """Give up every capability but this one, which lives on through exec."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = [1 << capability] * 3
    call("capset", header, (ctypes.c_uint32 * 6)(*effective_permitted_inheritable))
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def keep_search(program: str) -> None:
    """Keep the power to pass closed folders: to read only where that is enough."""
    if os.stat(program).st_mode & stat.S_IXOTH:  # noqa: PTH116 - pathlib is slow to import
        try:
            keep_only(CAP_DAC_READ_SEARCH)
        except PermissionError:  # containers grant root only the wider one
            pass
        else:
            return
    keep_only(CAP_DAC_OVERRIDE)


def drop_root(uid: int, gid: int, *, pass_closed: bool, program: str) -> None:
    if pass_closed:  # capabilities outlive setuid, and access(2) counts them
        prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if pass_closed:
        keep_search(program)


def main() -> None:
    parent, uid, gid, pass_closed = map(int, sys.argv[1:5])
    command = sys.argv[5:]
    if uid != os.geteuid():
        drop_root(uid, gid, pass_closed=bool(pass_closed), program=command[0])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job starts with it ignored
    # After setuid, which clears it. SIGINT is PostgreSQL's fast and clean shutdown.
    prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        sys.exit("the parent process has gone")
    os.execv(command[0], command)  # noqa: S606 - that is the point


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"cannot run {sys.argv[5]}: {error}{ADVICE if sys.argv[4] == '1' else ''}")
