"""Of the command: what makes no database, what rests, and what goes whole."""

from tests.mutations import Mutation

COMMANDS = [
    Mutation(
        "a command makes a database where there is none",
        "src/looplane/runtime.py",
        "    dsn = server.start(creates=creates, tell=tell)",
        "    dsn = server.start(creates=True, tell=tell)",
        "cli/test_no_database.py",
    ),
    Mutation(
        "a key opens an archived workspace",
        "src/looplane/kit/authentication.py",
        "        if principal.is_archived:",
        "        if False:",
        "test_archived.py",
    ),
    Mutation(
        "mail leaves an archived workspace",
        "src/looplane/delivery/leases/sql.py",
        "\n    and {IS_LIVE}",
        "",
        "test_archived.py",
    ),
    Mutation(
        "a workspace is deleted whatever is typed",
        "src/looplane/cli/workspace.py",
        "        if typed != name:",
        "        if False:",
        "cli/test_corrections.py",
    ),
    Mutation(
        "a command loads the whole program",
        "src/looplane/cli/database.py",
        "from looplane.tables import MIGRATIONS",
        "from looplane.main import MIGRATIONS",
        "cli/test_loading.py",
    ),
]
