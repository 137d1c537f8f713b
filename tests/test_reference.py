"""The reference says all that the contract says, once, and as a reader of Markdown shows it."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt

from looplane.reference.__main__ import write_pages
from looplane.reference.markdown import anchor, code, prose, table
from looplane.reference.operations import operations_of
from looplane.reference.pages import WORDS, pages_of
from looplane.reference.values import meaning_of, type_of
from tests.contract import CONTRACT, OPERATIONS, Operation

DOCS = Path(__file__).parent.parent / "docs"
FOLDER = DOCS / "reference"
PAGES = {path.name: path.read_text() for path in FOLDER.iterdir()}
MARKDOWN = MarkdownIt("commonmark").enable("table")
# What a table or a piece of code could take for its own.
SIGNS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.sampled_from("|`\\<&*_[]~ ")
)


def _shown(text: str) -> str:
    """The words of Markdown, as a reader sees them."""
    inline = [each for each in MARKDOWN.parse(text) if each.type == "inline"]
    return "\n".join("".join(_parts(each)) for each in inline)


def _parts(token: Any) -> list[str]:
    return [" " if each.type == "softbreak" else each.content for each in token.children or []]


def _links(text: str) -> list[str]:
    inline = [each for each in MARKDOWN.parse(text) if each.type == "inline"]
    parts = [part for each in inline for part in each.children or []]
    return [str(part.attrs["href"]) for part in parts if part.type == "link_open"]


def _plain(text: str) -> str:
    """A description of the contract as it is shown: without the backticks of its code."""
    return " ".join(text.replace("`", "").split())


def _fields_in(text: str) -> set[str]:
    return set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE))


def _section(operation: Operation) -> str:
    """What the page of its group says of an operation."""
    page = PAGES[f"{operation.spec['tags'][0]}.md"]
    sections = dict(each.split("\n", 1) for each in page.split("\n## ")[1:])
    return sections[operation.spec["summary"]]


def test_the_pages_are_those_that_are_printed() -> None:
    assert pages_of(CONTRACT) == PAGES, "make contract"


def test_a_page_that_is_no_more_goes(tmp_path: Path) -> None:
    (tmp_path / "former.md").write_text("")
    write_pages(tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == set(PAGES)


def test_a_group_needs_words(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pages_of(CONTRACT, tmp_path)


def test_no_words_are_of_a_group_that_is_not_there() -> None:
    assert {each.name for each in WORDS.iterdir()} == set(PAGES)


# What many operations take, which is said once.
SHARED = _fields_in(PAGES["README.md"].partition("## Errors")[0])


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_is_there_with_all_it_takes(operation: Operation) -> None:
    section = _section(operation)
    assert f"`{operation.method} {operation.path}`\n" in section
    body = operation.spec.get("requestBody", {}).get("content", {})
    fields: dict[str, Any] = {}
    for each in body.values():
        schema = CONTRACT["components"]["schemas"].get(
            each["schema"].get("$ref", "").split("/")[-1]
        )
        fields |= (schema or each["schema"])["properties"]
    own = {
        name: each["schema"]
        for name, each in operation.parameters.items()
        if each["in"] != "path" and name not in SHARED
    }
    assert _fields_in(section) == {*own, *fields}
    shown = " ".join(_shown(section).split())
    said = re.split(r"\s+Requires (?:the scope|one of) ", operation.spec["description"])[0]
    described = [each.get("description", "") for each in [*own.values(), *fields.values()]]
    assert [each for each in [said, *described] if _plain(each) not in shown] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_table_says_which_field_must_be_there(operation: Operation) -> None:
    section, body = _section(operation), operation.body or {}
    needed = set(re.findall(r"^\| `([\w-]+)` \| [^|]*, required \|", section, re.MULTILINE))
    asked = {
        name
        for name, each in operation.parameters.items()
        if each.get("required") and each["in"] == "query"
    }
    assert needed == set(body.get("required", ["file"] if operation.takes_form else [])) | asked


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_what_is_said_of_all_holds_for_each(operation: Operation) -> None:
    ours = next(each for each in operations_of(CONTRACT) if each.spec is operation.spec)
    assert ours.usual_errors | set(ours.errors) == operation.codes
    assert all(f"`{each}`" in _section(operation) for each in ours.errors)
    writes, has_id = operation.method != "GET", "id}" in operation.path
    takes = {
        "dry_run": writes,
        "If-Match": writes and has_id,
        "If-None-Match": not writes and operation.is_json,
        "Idempotency-Key": operation.method in {"POST", "PATCH"},
    }
    assert {name for name in takes if name in operation.parameters} == {
        name for name, does in takes.items() if does
    }


def test_each_object_has_one_place_with_its_fields() -> None:
    places: dict[str, str] = {}
    for text in PAGES.values():
        for section in text.split("\n### ")[1:]:
            name, rest = section.split("\n", 1)
            assert name not in places
            places[name] = rest.split("\n## ")[0]
    linked = set(re.findall(r"\[(\w+)\]\((?:[\w-]+\.md)?#\w+\)", "".join(PAGES.values())))
    assert {each for each in linked if each in CONTRACT["components"]["schemas"]} == set(places)
    for name, section in places.items():
        fields = CONTRACT["components"]["schemas"][name]["properties"]
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(fields)


@pytest.mark.parametrize(
    "path", sorted(DOCS.rglob("*.md")), ids=lambda path: str(path.relative_to(DOCS))
)
def test_a_link_leads_somewhere(path: Path) -> None:
    for target in _links(path.read_text()):
        if target.startswith(("http://", "https://")):
            continue
        name, _, place = target.partition("#")
        there = path.parent / name if name else path
        assert there.exists(), target
        if place:
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE)
            assert f"#{place}" in {anchor(each) for each in headings}, target


@given(SIGNS)
def test_code_is_shown_as_it_is(text: str) -> None:
    if text.strip():
        assert _shown(table(("a", "b"), [(code(text), "c")])) == f"a\nb\n{text}\nc"


@given(SIGNS.map(lambda text: text.replace("`", "")))
def test_words_are_shown_as_they_are(text: str) -> None:
    shown = _shown(table(("a", "b"), [(prose(text), "c")]))
    assert shown.split() == ["a", "b", *text.split(), "c"]


def test_code_stays_code_in_words() -> None:
    found = MARKDOWN.parse(prose("Takes `a_b|<c>` and ``d`e``, not <f>."))[1].children or []
    assert [each.content for each in found if each.type == "code_inline"] == ["a_b|<c>", "d`e"]


def test_what_has_no_words_here_is_not_left_out() -> None:
    with pytest.raises(ValueError, match="multipleOf"):
        type_of({"type": "integer", "multipleOf": 5}, str)


@pytest.mark.parametrize(
    ("schema", "kind", "meaning"),
    [
        ({"type": ["string", "null"], "minLength": 1}, "string or null", "At least 1 character."),
        (
            {"type": "string", "format": "uri", "minLength": 1, "maxLength": 9},
            "URL",
            "1 to 9 characters.",
        ),
        ({"type": "integer", "minimum": 0, "maximum": 1000}, "integer", "0 to 1,000."),
        (
            {"type": "array", "items": {"type": "string", "maxLength": 1}},
            "list of strings",
            "Each: at most 1 character.",
        ),
        ({"anyOf": [{"$ref": "#/x/A"}, {"type": "null"}]}, "<A> or null", ""),
        ({"type": "boolean", "const": True}, "boolean", "Always `true`."),
        (
            {"type": "string", "enum": ["a", "b", None], "default": "a"},
            "string",
            "One of `a`, `b`. Default `a`.",
        ),
        ({"type": "string", "default": ""}, "string", 'Default `""`.'),
        ({}, "any JSON", ""),
    ],
)
def test_a_value_in_words(schema: dict[str, Any], kind: str, meaning: str) -> None:
    assert type_of(schema, "<{}>".format) == kind
    assert meaning_of(schema) == meaning
