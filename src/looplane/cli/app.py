"""The command `looplane`: composition only."""

import importlib
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from looplane.cli.failures import explain
from looplane.cli.output import fail
from looplane.kit.migrations import folder_of

# Where it is, whether this is a checkout or was installed.
_GUIDE = folder_of("docs") / "operating.md"

_RUN = "Run it"
_LOOK_AFTER = "Look after it"
_WHO = "Who may do what"
# By name: the heading it is listed under, and its module; what it is called there follows.
_COMMANDS = {
    "serve": (_RUN, "serve"),
    "api": (_RUN, "serve"),
    "worker": (_RUN, "serve"),
    "migrate": (_LOOK_AFTER, "migrate"),
    "doctor": (_LOOK_AFTER, "doctor"),
    "backup": (_LOOK_AFTER, "backup"),
    "restore": (_LOOK_AFTER, "restore"),
    "move": (_LOOK_AFTER, "move"),
    "clean-html": (_LOOK_AFTER, "clean_html"),
    "mails": (_LOOK_AFTER, "mails"),
    "retry-events": (_LOOK_AFTER, "retry_events"),
    "pg": (_LOOK_AFTER, "pg"),
}
_GROUPS = {
    "demo": _LOOK_AFTER,
    "workspace": _WHO,
    "member": _WHO,
    "key": _WHO,
    "contact": _WHO,
}
# What follows the program's name is the program's.
_SETTINGS = {"pg": {"ignore_unknown_options": True, "allow_interspersed_args": False}}


def _tell_version(asked: bool) -> None:  # as an option calls it
    importlib.import_module("looplane.cli.version").tell(asked)


Version = Annotated[
    bool,
    typer.Option(
        "--version", help="Say which version this is.", is_eager=True, callback=_tell_version
    ),
]


def options(*, version: Version = False) -> None:
    """Take what stands before a command."""


def command_line(words: Sequence[str] = ()) -> typer.Typer:
    """All commands; where `words` ask for one of them, that one alone.

    To load them all takes a second, and each alone a third of it.
    """
    app = typer.Typer(
        help="Looplane: the support and feedback inbox that a company runs itself.",
        epilog=f"Settings are environment variables, LOOPLANE_HOST and others: see {_GUIDE}",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    first = words[0] if words else ""
    if first != "--version":
        known = first in _COMMANDS or first in _GROUPS
        _add(app, [first] if known else [*_COMMANDS, *_GROUPS])
    return app


def _add(app: typer.Typer, names: Iterable[str]) -> None:
    for name in names:
        if name in _GROUPS:
            module = importlib.import_module(f"looplane.cli.{name}")
            app.add_typer(module.app, name=name, rich_help_panel=_GROUPS[name])
            continue
        panel, file = _COMMANDS[name]
        command = getattr(importlib.import_module(f"looplane.cli.{file}"), name.replace("-", "_"))
        app.command(name, rich_help_panel=panel, context_settings=_SETTINGS.get(name))(command)


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command line; its exit code: 0, 1 for what failed, 2 for a wrong usage."""
    words = sys.argv[1:] if args is None else args
    try:
        return command_line(words)(words, prog_name="looplane", standalone_mode=False) or 0
    except typer.TyperException as error:
        _tell(error)
        return error.exit_code
    except typer.Abort as abort:
        fail(_why(abort))
        return 1
    except Exception as error:
        if (reason := explain(error)) is None:
            raise
        fail(reason)
        return 1


def _why(abort: typer.Abort) -> str:
    """Why a command ended before its end: what a person answered, or did not."""
    reason = abort.__cause__ or abort.__context__
    if reason is None:
        return "The answer was no: nothing was done."
    if abort.__cause__ is None:
        sys.stderr.write("\n")  # the line of the question still stands open
    if isinstance(reason, EOFError):
        return (
            "Nobody is here to answer, so nothing was done; `--help` names the option that"
            " answers beforehand."
        )
    return "Stopped: nothing was done."


def _tell(error: typer.TyperException) -> None:
    text = error.format_message().replace("Value error, ", "").rstrip(".")
    if text:  # there is none where the help was shown instead
        context = getattr(error, "ctx", None)
        fail(f"{text}; see `{context.command_path if context else 'looplane'} --help`.")


if __name__ == "__main__":
    sys.exit(main())
