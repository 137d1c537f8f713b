"""Of the reference: what it would say wrongly, or not at all."""

from tests.mutations import Mutation

_REFERENCE = "src/looplane/reference"

REFERENCE = [
    Mutation(
        "a bar in a pattern ends its cell",
        f"{_REFERENCE}/markdown.py",
        """.replace("|", "\\\\|") for each in cells""",
        " for each in cells",
        "test_reference.py",
    ),
    Mutation(
        "what the reference has no words for is left out",
        f"{_REFERENCE}/values.py",
        "if unknown := set(schema) - _SAID:",
        "if unknown := set(schema) - _SAID - set(schema):",
        "test_reference.py",
    ),
    Mutation(
        "an error of one operation alone is told of none",
        f"{_REFERENCE}/operations.py",
        "if each not in self.usual_errors]",
        "if each in self.usual_errors - {each}]",
        "test_reference.py",
    ),
    Mutation(
        "a body does not say what it must have",
        f"{_REFERENCE}/pages.py",
        "yield self._fields(whole, is_sent=True)",
        "yield self._fields(whole, is_sent=False)",
        "test_reference.py",
    ),
    Mutation(
        "an object is described on each page that has it",
        f"{_REFERENCE}/schemas.py",
        "if at == page)",
        "if page)",
        "test_reference.py",
    ),
    Mutation(
        "the page of a group that went stays",
        f"{_REFERENCE}/__main__.py",
        "path.unlink()",
        "path.touch()",
        "test_reference.py",
    ),
]
