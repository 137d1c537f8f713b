"""The table of mutations is of the program as it stands; `make mutants` runs them."""

import ast

import pytest

from tests.mutants import MUTATIONS
from tests.mutations import ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name.replace(" ", "-"))
def test_a_mutation_breaks_one_passage_and_no_grammar(mutation: Mutation) -> None:
    whole = (ROOT / mutation.file).read_text()
    broken = mutation.applied(whole)
    assert broken != whole
    if mutation.file.endswith(".py"):
        assert ast.dump(ast.parse(broken)) != ast.dump(ast.parse(whole))
        compile(broken, mutation.file, "exec")
    for each in mutation.tests.split():
        assert (ROOT / "tests" / each.partition("::")[0]).exists(), each


def test_each_has_a_name_of_its_own() -> None:
    names = [each.name for each in MUTATIONS]
    assert len({*names}) == len(names) >= 80
