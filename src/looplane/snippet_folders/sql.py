"""Every statement on folders of snippets."""

from looplane.kit.sqltext import columns, timestamps
from looplane.resources import Resource

SNIPPET_FOLDER = Resource(
    noun="snippet folder",
    table="snippet_folders",
    alias="sf",
    columns=("name",),
    json=columns("sf", "id", "name") | timestamps("sf"),
    taken="There is already a snippet folder called {name}.",
)
