"""Scores of projects and issues on the wire."""

from typing import Annotated

from pydantic import Field

Score = Annotated[
    float,
    Field(
        description="The sum over the threads that ask for it: the pain level of each (`UNKNOWN` "
        "and `LOW` 1, `MEDIUM` 2, `HIGH` 3) plus the priority of its customer need."
    ),
]
ThreadCount = Annotated[int, Field(description="How many threads ask for it.")]
