"""`looplane serve`, `looplane api` and `looplane worker`."""

from functools import partial
from typing import Annotated

import typer

from looplane.cli.greeting import greet
from looplane.cli.options import AsJson
from looplane.cli.output import note
from looplane.kit.config import list_of_services, read_settings
from looplane.kit.logs import set_up_logs
from looplane.kit.tracing import set_up_tracing
from looplane.server import Parts, run

_Workers = Annotated[
    int, typer.Option(min=1, max=64, help="Processes that answer requests, on one port.")
]
_Demo = Annotated[
    bool, typer.Option("--demo", help="Make the demo workspace too, if there is none.")
]


def serve(*, workers: _Workers = 1, demo: _Demo = False, as_json: AsJson = False) -> None:
    """Run everything: the database, the API and the worker. Ctrl-C stops it all."""
    parts = Parts(api=True, worker=True, api_processes=workers, migrates=True)
    _run(parts, demo=demo, as_json=as_json)


def api(*, workers: _Workers = 1, as_json: AsJson = False) -> None:
    """Run the API alone."""
    _run(Parts(api=True, worker=False, api_processes=workers), as_json=as_json)


def worker(*, as_json: AsJson = False) -> None:
    """Run the worker alone: what happens by itself, such as snoozes that end."""
    _run(Parts(api=False, worker=True), as_json=as_json)


def _run(parts: Parts, *, demo: bool = False, as_json: bool) -> None:
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    set_up_tracing()
    if ignored := list_of_services():
        note(f"{', '.join(ignored)}: set by Kubernetes for a service, and no settings of ours.")
    run(settings, parts, partial(greet, parts, demo=demo, as_json=as_json), note)
