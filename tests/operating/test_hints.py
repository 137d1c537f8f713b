"""What the program says to run is a command of it, can be pasted, and what it says to read is there."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.main import get_command

from looplane.cli import called
from looplane.cli.app import command_line
from tests.environments import ROOT
from tests.operating.command_line import complaint_of
from tests.operating.programs import complaint, is_command

SOURCES = sorted((ROOT / "src").rglob("*.py"))
# What is filled in while the program runs.
FILLED = "X"
_OURS = re.compile(r"`looplane ([^`]+)`|(?:: )looplane ((?:[a-z][^`.;]*)(?:\.\w[^`;]*)*)")
_NAMES = "|".join(get_command(command_line()).commands)  # type: ignore[attr-defined]  # it is a group
_ANY = re.compile(rf"\blooplane (?:{_NAMES})\b")


class Text(NamedTuple):
    """A string of a source file; `shown` where it is none that documents the code."""

    place: str
    words: str
    shown: bool


def _filled(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(map(_filled, node.values)) if isinstance(node, ast.JoinedStr) else FILLED


def _documents(tree: ast.AST) -> set[int]:
    """The strings that stand alone: what documents a module, a class or a function."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _texts(path: Path) -> Iterator[Text]:
    tree = ast.parse(path.read_text())
    documents = _documents(tree)
    filled = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inner = {id(part) for node in filled for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inner:
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield Text(place, _filled(node), id(node) not in documents)


TEXTS = [text for path in SOURCES for text in _texts(path)]
HINTS = [
    pytest.param(found[1] or found[2], id=text.place)
    for text in TEXTS
    for found in _OURS.finditer(text.words)
]


@pytest.mark.parametrize("hint", HINTS)
def test_a_hint_is_a_command(hint: str) -> None:
    group = hint.removesuffix(" …") if hint.count(" ") == 1 else hint
    assert complaint_of(shlex.split(group.replace("…", FILLED)), whole=False) is None


def test_hints_are_found() -> None:
    assert len(HINTS) > 30


def test_a_hint_that_is_shown_can_be_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is found where the program is not called by its name alone."""
    monkeypatch.setattr(called, "command", lambda: "bin/ll")
    shown = [text for text in TEXTS if text.shown and _ANY.search(text.words)]
    assert len(shown) > 20
    assert [text for text in shown if _ANY.search(called.pasteable(text.words))] == []


def test_other_programs_in_hints_are_known() -> None:
    for text in TEXTS:
        for span in re.findall(r"`([a-z][^`\n]+)`", text.words):
            if text.shown and is_command(words := span.split()):
                assert complaint(words, whole=False) is None, text


def test_pages_and_settings_in_hints_are_there() -> None:
    for text in (text for text in TEXTS if text.shown):
        for page in re.findall(r"\bdocs/[\w./-]+\.md\b", text.words):
            assert (ROOT / page).exists(), text
        for name in re.findall(r"\bLOOPLANE_[A-Z0-9_]*[A-Z0-9]\b", text.words):
            assert name == f"LOOPLANE_{FILLED}" or complaint([f"{name}="], whole=False) is None, (
                text
            )


def test_a_command_in_the_inbox_is_one() -> None:
    pages = [each for each in (ROOT / "web/src").rglob("*.tsx") if ".test." not in each.name]
    shown = [
        found
        for page in pages
        for found in re.findall(r"<code[^>]*>\s*looplane ([^<]+?)\s*</code>", page.read_text())
    ]
    assert shown
    assert [each for each in shown if complaint_of(shlex.split(each), whole=False)] == []
