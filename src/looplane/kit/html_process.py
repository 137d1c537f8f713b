"""The program of a process that cleans HTML for another one, over its standard input and output.

A request is four bytes of length and so many bytes: one that says what it is (`HTML` or
`MARKDOWN`), and UTF-8. An answer is one byte (`CLEANED` or `REFUSED`), four bytes of length, and
so much UTF-8. It ends when its input does: with the process that started it.
"""

import contextlib
import resource
import signal
import sys

from looplane.kit.html import TangledError, clean
from looplane.kit.rendering import render

HTML, MARKDOWN = b"h", b"m"
CLEANED, REFUSED = b"+", b"-"
LENGTH_BYTES = 4
# Of CPU, so that a busy machine refuses nothing more. The largest newsletters take a tenth of one.
SECONDS = 1.0
_MEMORY = 256 * 1024 * 1024  # bytes of addresses; the largest newsletters need a tenth of it
# How the system ends it for a document, over the limits above or else.
ENDED_BY_DOCUMENT = frozenset({-signal.SIGPROF, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS})


def _set_limits() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # who started it may have work to finish
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    with contextlib.suppress(OSError, ValueError):  # not every system has each
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _answer(document: bytes) -> tuple[bytes, bytes]:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        language, text = document[:1], document[1:].decode()
        return CLEANED, (render if language == MARKDOWN else clean)(text).encode()
    except MemoryError:
        return REFUSED, str(TangledError()).encode()
    except ValueError as error:
        return REFUSED, str(error).encode()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def main() -> None:
    """Answers until its input ends."""
    _set_limits()
    with contextlib.suppress(ConnectionError):
        while head := sys.stdin.buffer.read(LENGTH_BYTES):
            kind, text = _answer(sys.stdin.buffer.read(int.from_bytes(head)))
            sys.stdout.buffer.write(kind + len(text).to_bytes(LENGTH_BYTES) + text)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
