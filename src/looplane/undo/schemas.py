"""What was taken back, on the wire."""

from typing import Literal

from pydantic import Field

from looplane.kit.schema import StrictModel


class UndoIssueOut(StrictModel):
    message: str


class UndoErrorOut(StrictModel):
    """Why something was not taken back, as an error of a request says it."""

    message: str
    code: str = Field(description="`conflict` where something newer touched the same.")
    issues: list[UndoIssueOut] = Field(
        description="What touched it: which event, of which fields, when and by whom."
    )


class UndoneOut(StrictModel):
    """What became of one thing that the write had touched."""

    id: str
    types: list[str] = Field(description="The types of the events that were to be taken back.")
    status: Literal["undone", "refused"]
    error: UndoErrorOut | None


class UndoOut(StrictModel):
    data: list[UndoneOut] = Field(
        description="Each thing that the write had touched, in its order."
    )
