"""Text as Markdown: what stands in a table is told from what makes one."""

import re
from collections.abc import Iterable, Sequence
from html import escape

_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_SPECIAL = re.compile(r"([\\*_\[\]~])")


def code(text: str) -> str:
    """`text` as it is, between as many backticks as it takes."""
    if "\\|" in text:  # which not every reader has as one piece in a table
        return f"<code>{escape(text)}</code>".replace("|", "&#124;").replace("\\", "&#92;")
    longest = max((len(each) for each in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    # A space at each end goes; what begins or ends with one, or with a backtick, needs a pair.
    pad = " " if text.strip() and (text[0] in " `" or text[-1] in " `") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def prose(text: str) -> str:
    """Words of the contract, in paragraphs: code stays code, nothing else in them is Markdown."""
    return "\n\n".join(_paragraph(" ".join(each.split("\n"))) for each in text.split("\n\n"))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; nothing where there are no rows."""
    lines = [_row(each) for each in rows]
    if not lines:
        return ""
    return "\n".join([_row(head), "|" + "---|" * len(head), *lines]) + "\n"


def anchor(heading: str) -> str:
    """Where a link to a heading leads, as GitHub makes it."""
    return "#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _paragraph(text: str) -> str:
    parts, end = [], 0
    for found in _CODE.finditer(text):
        parts += [_plain(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*parts, _plain(text[end:])])


def _plain(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace("`", "\\`")


def _row(cells: Sequence[str]) -> str:
    # A table ends a cell at a bar in code as well, and a row where a line ends.
    return (
        "| " + " | ".join(" ".join(each.split("\n")).replace("|", "\\|") for each in cells) + " |"
    )
