"""Files on the wire."""

from typing import Annotated

from pydantic import Field

from looplane.kit.schema import Name, StrictModel, Text, Timestamp, WebUrl, optional


class FileOut(StrictModel):
    id: str
    url: Annotated[
        str,
        Field(
            description="Where anybody who knows it can read the file, without a key.",
            json_schema_extra={"format": "uri"},
        ),
    ]
    name: str
    content_type: str
    size: Annotated[int, Field(description="In bytes.")]
    sha256: Annotated[str, Field(description="Of the content, in hexadecimal digits.")]
    created_at: Timestamp


class FileImport(StrictModel):
    url: WebUrl = optional(
        "Where the file is; up to five redirects are followed, and only to public addresses."
    )
    content_base64: Text = optional("The content itself, instead of `url`.")
    file_name: Name = optional(
        "Without it the name is what the answer says, or the last part of the address."
    )
    content_type: Name = optional("Without it the type is what the answer or the content says.")
