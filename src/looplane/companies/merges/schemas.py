"""Merges of companies on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import Reference, StrictModel


class CompanyMerge(StrictModel):
    source_id: Annotated[
        Reference, Field(description="The company that goes into the one of the path.")
    ]


class CompanyUnmerge(StrictModel):
    source_id: Annotated[
        Reference, Field(description="The company that went into the one of the path.")
    ]
