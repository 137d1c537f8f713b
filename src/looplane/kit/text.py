"""Text of others, who may have put anything into it."""


def storable(text: str) -> str:
    """`text` without what no table holds: NUL, and halves of characters."""
    return text.replace("\0", "").encode(errors="replace").decode()
