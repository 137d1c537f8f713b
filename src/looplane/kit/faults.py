"""Validation errors in the words of the API: a dotted path and what is wrong there."""

from pydantic import ValidationError

# As many faults as help anyone; the rest is counted.
_MOST = 100
_LONGEST_PATH = 200


def faults_of(error: ValidationError) -> list[str]:
    """One line for each fault, `tag_ids.0: …`."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [_line(each["loc"], each["msg"]) for each in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(f"and {len(found) - _MOST} more faults")
    return lines


def _line(path: tuple[int | str, ...], message: str) -> str:
    dotted = ".".join(str(part) for part in path)[:_LONGEST_PATH]
    text = message.removeprefix("Value error, ").removeprefix("Input should be ")
    if text != message and not message.startswith("Value error"):
        text = f"should be {text}"
    text = "is not a field here" if message == "Extra inputs are not permitted" else text
    text = "is required" if message == "Field required" else text
    return f"{dotted}: {text}" if dotted else text
