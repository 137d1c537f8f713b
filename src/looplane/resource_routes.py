"""The five operations that every noun has, declared once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from looplane import changes, queries
from looplane.kit.api import Api, Declare, Endpoint, require_scopes
from looplane.kit.context import Context
from looplane.kit.database import Connection
from looplane.kit.errors import ApiError
from looplane.kit.paging import page_of
from looplane.kit.responses import Answer
from looplane.kit.schema import DeleteResult, Id, StrictModel
from looplane.kit.writes import Command, Read, Write
from looplane.resources import Resource

# What each verb does where a noun has no command of its own for it.
_COMMANDS: Mapping[str, Command] = {
    "list": queries.list_page,
    "create": changes.create_from_body,
    "get": queries.get,
    "update": changes.update_from_body,
    "delete": changes.delete,
}


@dataclass(frozen=True)
class ResourceRoutes:
    """How the things of a noun are reached: where, by whom, and in which types.

    `texts` are the descriptions of the operations by verb (list, create, get, update, delete): a
    verb without one is no operation of the noun, or is declared by it in another way. `commands`
    are those of the noun's own, and `raises` an error that others of the verb do not raise.
    `get_query` says in which ways one thing can be shown, where there are several. Operation ids
    are `<id_prefix>-<verb><id_suffix>`. `write_scope` is what a write needs where it is another one
    than that of `scopes`.
    """

    resource: Resource
    path: str
    scopes: str
    out: type[StrictModel]
    texts: Mapping[str, str]
    query: type[StrictModel] = StrictModel
    create: type[StrictModel] = StrictModel
    patch: type[StrictModel] = StrictModel
    commands: Mapping[str, Command] = field(default_factory=dict)
    raises: Mapping[str, type[ApiError]] = field(default_factory=dict)
    get_query: type[StrictModel] | None = None
    id_prefix: str = ""
    id_suffix: str = ""
    write_scope: str = ""

    def add_collection(self, api: Api) -> None:
        """Adds list and create. Paths such as `/tags/groups` come before those with an id."""
        list_page, create = (self._command(verb) for verb in ("list", "create"))

        async def list_all(query: StrictModel, read: Read) -> Response:
            return await read(list_page, query)

        async def create_one(body: StrictModel, write: Write) -> Response:
            return await write(create, body)

        of_list = {"query": Annotated[self.query, Query()], "read": self._reading}
        self._add(api.get, "list", self.path, page_of(self.out), list_all, of_list)
        of_create = {"body": self.create, "write": self._writing}
        self._add(api.post, "create", self.path, self.out, create_one, of_create)

    def add_items(self, api: Api) -> None:
        """Adds get, update and delete."""
        path = f"{self.path}/{{id}}"
        get, update, delete = (self._command(verb) for verb in ("get", "update", "delete"))

        async def get_one(id: Id, read: Read) -> Response:
            return await read(get, id)

        async def get_one_as(id: Id, query: StrictModel, read: Read) -> Response:
            return await read(get, id, query)

        async def update_one(id: Id, patch: StrictModel, write: Write) -> Response:
            return await write(update, id, patch)

        async def delete_one(id: Id, write: Write) -> Response:
            return await write(delete, id)

        of_update = {"patch": self.patch, "write": self._writing}
        if self.get_query is None:
            self._add(api.get, "get", path, self.out, get_one, {"read": self._reading})
        else:
            of_get = {"query": Annotated[self.get_query, Query()], "read": self._reading}
            self._add(api.get, "get", path, self.out, get_one_as, of_get)
        self._add(api.patch, "update", path, self.out, update_one, of_update)
        self._add(api.delete, "delete", path, DeleteResult, delete_one, {"write": self._writing})

    @property
    def _reading(self) -> object:
        return Annotated[Read, require_scopes(f"{self.scopes}:read")]

    @property
    def _writing(self) -> object:
        return Annotated[Write, require_scopes(self.write_scope or f"{self.scopes}:write")]

    def _command(self, verb: str) -> Command:
        if verb in self.commands:
            return self.commands[verb]
        command, resource = _COMMANDS[verb], self.resource

        async def run(con: Connection, context: Context, *args: object) -> Answer:
            return await command(con, context, resource, *args)

        return run

    def _add(  # noqa: PLR0913  # what an operation is
        self,
        declare: Callable[..., Declare],
        verb: str,
        path: str,
        answer: type[StrictModel],
        endpoint: Endpoint,
        parameters: Mapping[str, object],
    ) -> None:
        if verb not in self.texts:
            return
        # The signature is the contract: each parameter is of the noun's own type.
        endpoint.__annotations__.update(parameters)
        plural = "s" if verb == "list" else ""
        noun = self.resource.noun.replace(" ", "_")
        endpoint.__name__ = f"{verb}_{self.resource.table if plural else noun}"
        endpoint.__doc__ = self.texts[verb]
        suffix = self.id_suffix and f"{self.id_suffix}{plural}"
        operation_id = f"{self.id_prefix or self.resource.table}-{verb}{suffix}"
        raises = [self.raises[verb]] if verb in self.raises else []
        declare(path, operation_id, answer, *raises)(endpoint)
