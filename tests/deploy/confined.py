"""Runs a program as a unit of systemd would: `confined.py UID GID CALL… -- PROGRAM…`.

Of what the unit says this does what a program can do to itself: it may make no calls but those
that are named, gets no memory that can be both written and run, and no more rights than it has.
"""

import ctypes
import errno
import os
import sys

_SET_NO_NEW_PRIVILEGES, _SET_MDWE, _REFUSE_EXEC_GAIN = 38, 65, 1
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def main() -> None:
    split = sys.argv.index("--")
    uid, gid, *names = sys.argv[1:split]
    command = sys.argv[split + 1 :]
    # What stands in folders that are closed to others is readable all the same, as it would be
    # where an operator installs it.
    if os.geteuid() == 0:
        _become(int(uid), int(gid))
    libc = ctypes.CDLL(None, use_errno=True)
    _must(libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    if libc.prctl(_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0):
        sys.stderr.write("This kernel does not know MemoryDenyWriteExecute by itself.\n")
    _allow_only(names)
    os.execv(command[0], command)


def _become(uid: int, gid: int) -> None:
    from looplane.kit.embedded_pg import launch  # noqa: PLC0415  # only where there is something to drop

    launch.drop_root(uid, gid, pass_closed=True, program="/")


def _allow_only(names: list[str]) -> None:
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    calls = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_REFUSE)))
    for name in names:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # else it is of another machine
            _must(library.seccomp_rule_add(calls, ctypes.c_uint32(_ALLOW), number, 0))
    _must(library.seccomp_load(calls))


def _must(failed: int) -> None:
    if failed:
        raise OSError(ctypes.get_errno() or -failed, "cannot be confined here")


if __name__ == "__main__":
    main()
