"""Scores of projects and issues on the wire."""

from typing import Annotated, Literal

from pydantic import Field

from looplane.kit.paging import PageInfo, PageQuery
from looplane.kit.schema import StrictModel

PainLevel = Literal["UNKNOWN", "LOW", "MEDIUM", "HIGH"]
Score = Annotated[
    float,
    Field(
        description="The sum over the threads that ask for it: the pain level of each (`UNKNOWN` "
        "and `LOW` 1, `MEDIUM` 2, `HIGH` 3) plus the priority of its customer need."
    ),
]
ThreadCount = Annotated[int, Field(description="How many threads ask for it.")]


class ScoreQuery(PageQuery):
    """The part of what counted that is asked for."""


class ContributionOut(StrictModel):
    thread_id: str
    customer_need_id: str
    title: str | None
    pain_level: PainLevel
    pain_weight: Annotated[int, Field(description="What the pain level counts.")]
    priority: Annotated[float, Field(description="Of the customer need.")]
    contribution: Annotated[float, Field(description="`pain_weight` plus `priority`.")]


class ScorePage(StrictModel):
    """A score and what it is the sum of; over all pages the contributions add up to it exactly."""

    total_score: Score
    thread_count: ThreadCount
    data: list[ContributionOut]
    page: PageInfo
