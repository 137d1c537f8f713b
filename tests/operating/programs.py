"""Whether command lines that no test can run, as root or in a cluster, name what there is."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import fields
from fnmatch import fnmatch
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import PurePath

import yaml

from looplane.kit.config import Settings
from tests.environments import ROOT
from tests.operating.command_line import complaint_of

_DEPLOY = ROOT / "deploy"
_UNIT = (_DEPLOY / "systemd/looplane.service").read_text()
_COMPOSE = (_DEPLOY / "compose.yaml").read_text()
_SETTINGS = {f"LOOPLANE_{each.name.upper()}" for each in fields(Settings)}
_ASSIGNED = re.compile(r"([A-Z0-9_]+)=(.*)", re.DOTALL)
Words = Sequence[str]


def complaint(words: Words, *, whole: bool) -> str | None:
    """What is wrong with a command line, or None. Of a `whole` one nothing may be missing."""
    words = list(words)
    while words and (assigned := _ASSIGNED.fullmatch(words[0])):
        if assigned[1].startswith("LOOPLANE_") and assigned[1] not in _SETTINGS:
            return f"{assigned[1]} is no setting"
        del words[0]
    if not words:
        return None
    program = PurePath(words[0]).name
    if program == "looplane":
        return complaint_of(words[1:], whole=whole)
    if program not in _PROGRAMS:
        return f"nothing here knows {program}"
    return _PROGRAMS[program](words[1:])


def is_command(words: Words) -> bool:
    """Whether a few words in a text are a command line."""
    program = next((each for each in words if not _ASSIGNED.fullmatch(each)), "")
    return len(words) > 1 and PurePath(program).name in {"looplane", *_PROGRAMS}


def _missing(path: str) -> str | None:
    return None if (ROOT / path).exists() else f"there is no {path}"


def _first(*complaints: str | None) -> str | None:
    return next(filter(None, complaints), None)


def _make(words: Words) -> str | None:
    targets = re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text())
    unknown = [each for each in words if "=" not in each and each not in targets]
    return f"there is no target {unknown}" if unknown else None


def _install(words: Words) -> str | None:
    *_, source, _ = words
    return _missing(source)


def _systemctl(words: Words) -> str | None:
    if words == ["daemon-reload"]:
        return None
    *verb, unit = words
    known = verb in (["enable", "--now"], ["edit"], ["restart"])
    return _missing(f"deploy/systemd/{unit}.service") if known else f"what does {verb} do?"


def _systemd_run(words: Words) -> str | None:
    """The account and the settings are those of the unit, and the rest is a command of ours."""
    options = [each for each in words if each.startswith("--") and "=" in each]
    start = next(at for at, each in enumerate(words) if not each.startswith("--"))
    said = dict(each.lstrip("-").split("=", 1) for each in options)
    expected = {
        f"User={said.get('uid')}",
        said.get("property", "EnvironmentFile"),
        f"Environment={said.get('setenv', '').replace('/var/lib', '%S')}",
    }
    lines = {line.replace("=-", "=") for line in _UNIT.splitlines()}
    absent = {each for each in expected if not any(each in line for line in lines)}
    if absent:
        return f"the unit does not say {sorted(absent)}"
    program, *rest = words[start:]
    installed = f"ExecStart={program} " in _UNIT
    if not installed or rest == ["$@"]:  # those of whoever calls the function around it
        return None if installed else f"the unit does not run {program}"
    return complaint(words[start:], whole=True)


def _docker(words: Words) -> str | None:
    image = (_DEPLOY / "Dockerfile").read_text()
    wrong: str | None = f"nothing here knows docker {words}"
    match list(words):
        case ["compose", "up", "--detach", "--build"] | ["stop"]:
            wrong = None
        case ["compose", "exec", service, *rest]:
            known = service in yaml.safe_load(_COMPOSE)["services"]
            wrong = complaint(rest, whole=True) if known else f"there is no service {service}"
        case ["build", "-f", path, "-t", _, "."]:
            wrong = _missing(path)
        case ["run", "--init", "--volume", volume, "--publish", published, _]:
            folder, port = volume.split(":")[1], published.split(":")[-1]
            known = f"VOLUME {folder}\n" in image and port == str(Settings().port)
            wrong = None if known else f"{folder}? {port}?"
        case ["buildx", "imagetools", "inspect", base]:
            wrong = None if f"={base}\n" in image else f"the image is not built of {base}"
    return wrong


@cache
def _in_kubernetes() -> set[str]:
    """`kind/name` of all that the manifests have."""
    files = [each for each in (_DEPLOY / "kubernetes").glob("*.yaml") if "kustom" not in each.name]
    found = [doc for each in files for doc in yaml.safe_load_all(each.read_text()) if doc]
    return {f"{each['kind'].lower()}/{each['metadata']['name']}" for each in found}


def _kubectl(words: Words) -> str | None:
    match list(words):
        case ["apply", "-k", "."]:
            return None
        case ["-n", namespace, *rest] if f"namespace/{namespace}" in _in_kubernetes():
            match rest:
                case ["delete", kind, name]:
                    known = f"{kind}/{name}" in _in_kubernetes()
                    return None if known else f"there is no {kind}/{name}"
                case ["exec", what, "--", *command]:
                    known = what in _in_kubernetes()
                    return complaint(command, whole=True) if known else f"there is no {what}"
    return f"nothing here knows kubectl {words}"


@cache
def _help_of_pip() -> str:
    command = [sys.executable, "-m", "pip", "install", "--help"]
    return subprocess.check_output(command, text=True)


def _pip(words: Words) -> str | None:
    """Its options are pip's, its files and extras are there, and packages of ours are built so."""
    if words[0] != "install":
        return f"nothing here knows pip {words}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    built = f"dist/{project['name']}-{project['version']}-py3-none-any.whl"
    complaints = []
    for before, each in pairwise(words):
        if each.startswith("--"):
            complaints.append(None if f"{each} " in _help_of_pip() else f"pip has no {each}")
        elif before == "-r":
            complaints.append(_missing(each))
        elif each.startswith("dist/"):
            complaints.append(None if fnmatch(built, each) else f"{each} is not {built}")
        elif extra := re.fullmatch(r"looplane\[(\w+)\]", each):
            known = extra[1] in project["optional-dependencies"]
            complaints.append(None if known else f"there is no extra {extra[1]}")
    return _first(*complaints)


def _python(words: Words) -> str | None:
    if words[0] != "-m" or not find_spec(words[1]):
        return f"there is no module {words}"
    return None


def _printf(words: Words) -> str | None:
    """What goes into `.env` is what the containers ask for."""
    names = set(re.findall(r"([A-Z_]+)=%s", words[0]))
    asked = set(re.findall(r"\$\{(\w+):\?", _COMPOSE))
    return None if names == asked and words[-2:] == [">", ".env"] else f"{asked} are asked for"


def _known(*lines: str) -> Callable[[Words], str | None]:
    return lambda words: None if " ".join(words) in lines else f"what does {words} do?"


_PROGRAMS: dict[str, Callable[[Words], str | None]] = {
    "docker": _docker,
    "git": _known("pull"),
    "install": _install,
    "kubectl": _kubectl,
    "make": _make,
    "openssl": _known("rand -hex 32"),
    "pip": _pip,
    "printf": _printf,
    "python": _python,
    "python3": _python,
    "systemctl": _systemctl,
    "systemd-run": _systemd_run,
    "systemd-sysusers": lambda _: _missing("deploy/systemd/looplane.sysusers"),
}
