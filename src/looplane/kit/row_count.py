"""What the driver says of a statement that answers no rows."""


def row_count(status: str) -> int:
    """How many rows a statement wrote that ended so, as with `DELETE 3`."""
    return int(status.rpartition(" ")[2])
