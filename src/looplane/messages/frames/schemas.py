"""How a message is asked for that is to be shown."""

from typing import Literal

from looplane.kit.schema import StrictModel, optional


class FrameQuery(StrictModel):
    """What the page of a message loads."""

    images: Literal["remote"] = optional(
        description="With `remote` pictures are loaded from wherever they are, and whoever has "
        "them learns that the message was opened. Else only those that came with it."
    )
