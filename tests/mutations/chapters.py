"""Of the chapters for an operator, and of what the program says to run."""

from tests.mutations import Mutation

CHAPTERS = [
    Mutation(
        "a chapter has a command that asks for something else",
        "docs/operating/move.md",
        ".venv/bin/looplane move --to -\n",
        ".venv/bin/looplane move --from -\n",
        "operating/test_year.py",
    ),
    Mutation(
        "a container is asked for a command that is not there",
        "docs/operating/install.md",
        "docker compose exec looplane looplane doctor\n",
        "docker compose exec looplane looplane check\n",
        "operating/test_named.py::test_a_command_that_is_not_run_names_what_there_is",
    ),
    Mutation(
        "a hint names a command that is not there",
        "src/looplane/kit/readiness.py",
        "run `looplane migrate`.",
        "run `looplane upgrade`.",
        "operating/test_hints.py",
    ),
    Mutation(
        "nobody is told where the files are once the rows are elsewhere",
        "src/looplane/cli/machine_checks.py",
        "if other is None)",
        "if other)",
        "cli/test_doctor.py",
    ),
]
