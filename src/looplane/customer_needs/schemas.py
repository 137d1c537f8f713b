"""Customer needs on the wire: which project or issue a thread asks for."""

from looplane.kit.schema import Closed


class CustomerNeedOut(Closed):
    id: str
    thread_id: str
    project_id: str | None
    issue_id: str | None
    priority: float
    created_at: str
    updated_at: str
