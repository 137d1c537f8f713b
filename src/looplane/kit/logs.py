"""Structured logs on standard error: JSON lines, or text for a person at a terminal."""

import logging
import sys
from contextlib import suppress
from typing import IO, AnyStr, BinaryIO, Generic, TextIO, cast

import orjson
import structlog

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def set_up_logs(level: str, form: str) -> None:
    """Everything from `level` up, as `form` (json, console, or auto by where it goes)."""
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    json_lines = structlog.processors.JSONRenderer(serializer=orjson.dumps)
    structlog.configure(
        processors=[
            *shared,
            *([_console] if console else [_traceback, json_lines]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=(
            structlog.PrintLoggerFactory(cast("TextIO", _Spared(sys.stderr)))
            if console
            else structlog.BytesLoggerFactory(cast("BinaryIO", _Spared(sys.stderr.buffer)))
        ),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_ToStructlog()], level=_LEVELS[level], force=True)
    # The last two tell the addresses that they fetch, and those can hold secrets.
    for noisy in ("uvicorn", "uvicorn.error", "asyncio", "httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(max(_LEVELS[level], logging.WARNING))


class _Spared(Generic[AnyStr]):
    """A file for logs: where it takes no more, as on a full disk, lines are lost and no request."""

    def __init__(self, file: IO[AnyStr]) -> None:
        self._file: IO[AnyStr] = file

    def write(self, line: AnyStr) -> None:
        with suppress(OSError):
            self._file.write(line)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


# No locals in either: they hold keys. And no control characters of a caller's on a terminal.
_console = structlog.dev.ConsoleRenderer(
    exception_formatter=structlog.dev.plain_traceback, repr_native_str=True
)
_traceback = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


class _ToStructlog(logging.Handler):
    """Lines of libraries that log the standard way, in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, record.getMessage(), exc_info=record.exc_info)
