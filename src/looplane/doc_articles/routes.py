"""HTTP: articles of the help center."""

from typing import Annotated

from starlette.responses import Response

from looplane.doc_articles import commands
from looplane.doc_articles.schemas import (
    DocArticleCreate,
    DocArticleList,
    DocArticleMove,
    DocArticleOut,
    DocArticlePatch,
    DocArticleQuery,
)
from looplane.doc_articles.sql import ARTICLE
from looplane.kit.api import Api, require_scopes
from looplane.kit.writes import Write
from looplane.resource_routes import ResourceRoutes
from looplane.translations import LanguageQuery

api = Api("docs")
Writing = Annotated[Write, require_scopes("docs:write")]
routes = ResourceRoutes(
    ARTICLE,
    path="/docs/articles",
    scopes="docs",
    out=DocArticleOut,
    query=DocArticleQuery,
    create=DocArticleCreate,
    patch=DocArticlePatch,
    commands={
        "list": commands.list_doc_articles,
        "get": commands.get_doc_article,
        "create": commands.create_doc_article,
        "update": commands.update_doc_article,
    },
    get_query=LanguageQuery,
    id_prefix="docs",
    id_suffix="Article",
    texts={
        "list": "List articles, newest first: all of them, unless a filter says which.",
        "create": "Create an article from Markdown in a group.",
        "get": "Get an article, in its own language unless another is asked for and there.",
        "update": "Update an article, or its texts in one language, which adds a translation.",
        "delete": "Delete an article.",
    },
)
routes.add_collection(api)


@api.post("/docs/articles/move", "docs-moveArticles", DocArticleList)
async def move_doc_articles(body: DocArticleMove, write: Writing) -> Response:
    """Move articles into a group, or out of any: all of them or, on a fault, none.

    They are answered in the order in which they were named, each once.
    """
    return await write(commands.move_doc_articles, body)


routes.add_items(api)
