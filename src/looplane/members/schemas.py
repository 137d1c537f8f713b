"""Members on the wire."""

from looplane.kit.schema import Closed


class UserRef(Closed):
    id: str
    name: str | None
    email: str
    image_url: str | None
