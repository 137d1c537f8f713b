"""The command `looplane`: composition only."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from looplane.cli import contact, demo, key, member, workspace
from looplane.cli.backup import backup
from looplane.cli.clean_html import clean_html
from looplane.cli.doctor import doctor
from looplane.cli.failures import explain
from looplane.cli.mails import mails
from looplane.cli.migrate import migrate
from looplane.cli.move import move
from looplane.cli.output import fail
from looplane.cli.pg import pg
from looplane.cli.restore import restore
from looplane.cli.retry_events import retry_events
from looplane.cli.serve import api, serve, worker
from looplane.cli.version import tell
from looplane.kit.migrations import folder_of

# Where it is, whether this is a checkout or was installed.
_GUIDE = folder_of("docs") / "operating.md"

Version = Annotated[
    bool,
    typer.Option("--version", help="Say which version this is.", is_eager=True, callback=tell),
]
app = typer.Typer(
    help="Looplane: the support and feedback inbox that a company runs itself.",
    epilog=f"Settings are environment variables, LOOPLANE_HOST and others: see {_GUIDE}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(*, version: Version = False) -> None:
    """Take what stands before a command."""


_RUN = "Run it"
_LOOK_AFTER = "Look after it"
_WHO = "Who may do what"
for part in (serve, api, worker):
    app.command(rich_help_panel=_RUN)(part)
app.command(rich_help_panel=_LOOK_AFTER)(migrate)
app.command(rich_help_panel=_LOOK_AFTER)(doctor)
app.command(rich_help_panel=_LOOK_AFTER)(backup)
app.command(rich_help_panel=_LOOK_AFTER)(restore)
app.command(rich_help_panel=_LOOK_AFTER)(move)
app.command("clean-html", rich_help_panel=_LOOK_AFTER)(clean_html)
app.command(rich_help_panel=_LOOK_AFTER)(mails)
app.command("retry-events", rich_help_panel=_LOOK_AFTER)(retry_events)
# What follows the program's name is the program's.
app.command(
    rich_help_panel=_LOOK_AFTER,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)(pg)
app.add_typer(demo.app, name="demo", rich_help_panel=_LOOK_AFTER)
app.add_typer(workspace.app, name="workspace", rich_help_panel=_WHO)
app.add_typer(member.app, name="member", rich_help_panel=_WHO)
app.add_typer(key.app, name="key", rich_help_panel=_WHO)
app.add_typer(contact.app, name="contact", rich_help_panel=_WHO)


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command line; its exit code: 0, 1 for what failed, 2 for a wrong usage."""
    try:
        return app(args, prog_name="looplane", standalone_mode=False) or 0
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
