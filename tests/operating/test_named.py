"""What the chapters name is there: commands that no test can run, settings, files and pages."""

import re
from pathlib import Path

import pytest

from looplane.kit.config import list_of_services
from tests.environments import ROOT
from tests.operating.pages import (
    INDEX,
    README,
    Block,
    blocks,
    chapters,
    headings,
    links,
    spans,
    words_of,
)
from tests.operating.programs import complaint, is_command

OPERATING = [README, INDEX, *chapters()]
PAGES = [*OPERATING, *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("[CS]*.md"))]
# What is run, what is held against what it names, and what another test takes from its page.
KINDS = {"sh": "test_year.py", "text": "test_named.py", "yaml": "deploy/test_kubernetes.py"}
TOLD = [
    pytest.param(block, line, id=f"{block.name}-{number}")
    for path in OPERATING
    for block in blocks(path)
    if block.kind == "text"
    for number, line in enumerate(block.commands)
]
_PLACE = re.compile(
    r"(?:bench|contract|deploy|docs|migrations|requirements|src|tests|web)/[\w./-]+"
)


def test_every_chapter_is_in_the_index() -> None:
    assert set(chapters()) == set((ROOT / "docs/operating").glob("*.md"))


def test_every_block_is_held_by_a_test() -> None:
    for path in OPERATING:
        for block in blocks(path):
            assert block.kind in KINDS, f"{block.name}: what is {block.kind}?"
            if block.kind == "yaml":
                assert block.text.startswith("# kustomization.yaml\n")
    folder = Path(__file__).parent
    for name in KINDS.values():
        assert (folder / name).exists() or (folder.parent / name).exists()


@pytest.mark.parametrize(("block", "line"), TOLD)
def test_a_command_that_is_not_run_names_what_there_is(block: Block, line: str) -> None:
    assert complaint(words_of(line), whole=True) is None, block.name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_command_in_a_sentence_is_one(path: Path) -> None:
    for span in spans(path):
        if "…" not in span and is_command(words := span.split()):
            words = span.replace("\\|", "|").split() if '"' not in span else words_of(span)
            assert complaint(words, whole=False) is None, span


@pytest.mark.parametrize("path", OPERATING, ids=lambda path: path.stem)
def test_settings_and_files_are_there(path: Path) -> None:
    text = path.read_text()
    for name in set(re.findall(r"\bLOOPLANE_[A-Z0-9_]*[A-Z0-9]\b", text)):
        if not list_of_services({name: "tcp://10.0.0.1:80"}):
            assert complaint([f"{name}="], whole=False) is None
    for place in spans(path):
        if _PLACE.fullmatch(place) and not place.startswith("web/screenshots"):
            assert (ROOT / place).exists(), place


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    for target, anchor in links(path):
        assert target.exists(), target
        if anchor:
            assert anchor in headings(target), f"{target}#{anchor}"


@pytest.mark.parametrize(
    "line",
    [
        "make instal",
        "LOOPLANE_DATADIR=there make run",
        "/opt/looplane/bin/looplane serve --wokers 4",
        "pip install --hashes -r requirements/run.txt",
        "pip install -r requirements/runs.txt",
        "install -D -m 644 deploy/systemd/looplane.unit /etc/systemd/system/looplane.service",
        "systemctl enable --now looplane-api",
        "systemd-run --uid=nobody /opt/looplane/bin/looplane doctor",
        "docker compose exec looplane looplane check",
        "docker compose exec api looplane doctor",
        "kubectl -n looplane delete job migrate",
        "apt-get install looplane",
    ],
)
def test_what_is_not_there_is_noticed(line: str) -> None:
    assert complaint(words_of(line), whole=True)
