"""Pieces of SQL text that every noun uses to say its JSON."""

import re
import unicodedata


def iso(column: str) -> str:
    """SQL for a timestamp as ISO 8601 in UTC with milliseconds and `Z`; null stays null."""
    return f"""to_char({column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def json_object(fields: dict[str, str]) -> str:
    """SQL for a JSON object from key and expression."""
    pairs = ", ".join(f"'{key}', {value}" for key, value in fields.items())
    return f"json_build_object({pairs})"


def columns(alias: str, *names: str) -> dict[str, str]:
    """Fields that are columns of `alias` as they stand."""
    return {name: f'{alias}."{name}"' for name in names}


def timestamps(alias: str) -> dict[str, str]:
    """The two dates that every thing has."""
    return {name: iso(f"{alias}.{name}") for name in ("created_at", "updated_at")}


def case_when(alternatives: dict[str, str], otherwise: str) -> str:
    """SQL that picks the value of the first condition that holds."""
    whens = " ".join(f"when {condition} then {value}" for condition, value in alternatives.items())
    return f"case {whens} else {otherwise} end"


# Three letters of a word in a row; two at the end of one, or one at the beginning: a space follows
# a word, and two are before it. What PostgreSQL calls a letter has no `_` among it.
_TRIGRAM = re.compile(r"[^\W_]{3}|[^\W_]{2}[\W_]|[\W_][^\W_]")


def has_trigrams(text: str) -> bool:
    """Whether an index of trigrams finds a part `text`, and not just reads all that it has."""
    return _TRIGRAM.search(unicodedata.normalize("NFC", text)) is not None
