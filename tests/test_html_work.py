"""How much work cleaning is: what is ours, linear; what is the parser's, bounded."""

import inspect
import re
import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from looplane.kit import html as module
from looplane.kit.html import (
    _PRE,
    TangledError,
    _attribute,
    _is_deep,
    _is_harmless,
    _style,
    clean,
    is_blank,
)
from tests.test_html import VECTORS, faults

REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}
PATTERNS = {name: each for name, each in vars(module).items() if isinstance(each, re.Pattern)}


def ambiguities(pattern: Any, *, repeated: bool = False) -> Iterator[str]:
    """Choices and repetitions that are themselves repeated: where time can double by the sign."""
    for operation, argument in pattern:
        repeats = operation in REPEATS and argument[1] > 1
        if repeated and (repeats or operation is codes.BRANCH):
            yield str(operation)
        for part in _parts(argument):
            yield from ambiguities(part, repeated=repeated or repeats)


def _parts(argument: Any) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for each in argument:
            yield from _parts(each)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_expression_repeats_a_choice(name: str) -> None:
    pattern = PATTERNS[name]
    assert [*ambiguities(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))] == []


@pytest.mark.parametrize(
    "pattern", [r"(?:a+)+b", r"(?:ab|[a-z]+)*c", r"(?:\s*(?:\w+|\d+em))+@", r"(?:(?:a{2,9}){2})"]
)
def test_one_that_did_would_be_seen(pattern: str) -> None:
    assert [*ambiguities(parser.parse(pattern))]


def test_every_expression_is_among_them() -> None:
    assert len(PATTERNS) >= 8
    used = re.findall(r"\bre\.(\w+)", inspect.getsource(module))
    assert set(used) - {"Match"} == {"compile"}, "a Match is a type, and compiles nothing"


@contextmanager
def not_for_ever() -> Iterator[None]:
    """Ends a test that would hang; nothing is measured by it."""

    def give_up(*_: object) -> None:
        raise AssertionError

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, 60)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def growth(work: Callable[[str], object], pump: Callable[[int], str]) -> float:
    """By how much the work grows when there is eight times as much: 8 if linear, 64 if square."""

    def cost(html: str) -> float:
        taken = []
        for _ in range(3):
            start = time.perf_counter_ns()  # some systems count CPU time in steps of 10 ms
            work(html)
            taken.append(time.perf_counter_ns() - start)
        return min(taken)

    short, long = pump(1), pump(8)
    # A short one may cost less than the clock can see.
    return cost(long) / max(cost(short), 20_000)


def assert_linear(work: Callable[[str], object], pump: Callable[[int], str]) -> None:
    with not_for_ever():
        # Whoever shares the machine may disturb one measurement, and not all of them.
        found: list[float] = []
        while not found or (min(found) > 24 and len(found) < 5):
            found.append(growth(work, pump))
    assert min(found) < 24, (found, pump(1)[:80], pump(1)[-40:])


def pumped(prefix: str, unit: str, suffix: str, count: int) -> str:
    return prefix + unit * (1000 // len(unit) * count) + suffix


def every_attribute(value: str) -> None:
    _style.__wrapped__(value)
    for name in ("style", "href", "src", "title", "width"):
        _attribute("p", name, value)


def flat(value: str) -> str:
    """HTML with `value` wherever it can be without nesting."""
    quoted = value.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")
    return f"<p style='{quoted}' title='{quoted}' width='{quoted}'>{quoted}</p>"


# The first four hung: two dozen of them, and a sign that fits nowhere.
SEEDS = [
    "em ", "in ", "1% 1% ", "10% ", "cm", "9", "9.", "1.1", "-", "- ", "a-", "#fff", "#fff ", "rgb(",
    "rgb(1,2,3)", "hsla(", "'", '"', "''", "'a", "a'", "! ", "!important", "!", ",", "/", ";",
    "color:", "color:red;", "font", "font-", " ", "\t\n", "\xa0", "<", ">", "&", "&nbsp;", "<img ",
    "<img src=", ' src="', "<pre", "<pre>\n", "\u200b", "http://", "\ufeff", "%", ".", "1e",
]  # fmt: skip
PREFIXES = ["", "!", "'", '"', "rgb(", "1.", "#", "a", "<pre", "<img", "<img ", "&", "color:"]
SUFFIXES = ["", "@", "@;", "'", ")", "x"]
TOKENS = st.lists(st.sampled_from(SEEDS) | st.text(max_size=3), min_size=1, max_size=6).filter(any)
some = settings(max_examples=100, database=None)
WORK: dict[str, Callable[[str], object]] = {
    "attributes": every_attribute,
    "declaration": lambda text: _is_harmless(f"font:{text}"),
    "url": lambda text: _attribute("a", "href", text),
    "blank": is_blank,
    "depth": _is_deep,
    "pre": _PRE.findall,
}


@pytest.mark.parametrize("name", WORK)
@pytest.mark.parametrize("suffix", ["", "@"])
def test_the_seeds_take_linear_work(name: str, suffix: str) -> None:
    for prefix, unit in product(PREFIXES, SEEDS):
        assert_linear(WORK[name], partial(pumped, prefix, unit, suffix))


@pytest.mark.parametrize("name", WORK)
@some
@given(
    st.sampled_from(PREFIXES + SEEDS) | st.text(max_size=5),
    TOKENS.map("".join),
    st.sampled_from(SUFFIXES) | st.text(max_size=3),
)
def test_whatever_is_repeated_takes_linear_work(
    name: str, prefix: str, unit: str, suffix: str
) -> None:
    assert_linear(WORK[name], partial(pumped, prefix, unit, suffix))


@some
@given(TOKENS.map("".join), st.sampled_from(SUFFIXES))
def test_flat_html_takes_linear_work(unit: str, suffix: str) -> None:
    def cleaned(html: str) -> str:
        try:
            return clean(html)
        except ValueError as error:  # half of a pair of surrogates
            return str(error)

    assert_linear(cleaned, lambda n: flat(unit * (900 // len(unit)) + suffix) * n)


@pytest.mark.parametrize("unit", ["em ", "in ", "1% 1% ", "10% "])
def test_the_hang_is_gone(unit: str) -> None:
    with not_for_ever():
        assert clean(f"<p style='width:{unit * 40}@'>x") == "<p>x</p>"
        assert clean(f"<p style='width:{unit * 400}@'>x") == "<p>x</p>"


# Each leaves elements open at every repetition, whatever its end tags seem to say, or is read in
# more ways than one.
TANGLES = r"""
<main> | <main/> | <main><li> | <dd><li> | <object><td> | <nobr> | <x-y> | <svg><g> | <a><object>
<main></> | </><main> | <main></ </main> | <main><!--</main>--> | <!--><main>--> | <!---><main>-->
<!--x--!><main>--> | <main><!x </main> | <main><?x </main> | <main/a='></main>'>
<main a="></main>"> | <main a = b'></x c='></main>'> | <main =</main> | <titles><main></titles>
<main></main{VT}> | <x-k></x-{KELVIN}> | <main><svg><![CDATA[></main>]]></svg>
<x-y><main></x-y></main> | <nobr><table></nobr></table> | <nobr><main></nobr> | <li><x-y><li></x-y>
<dd><main><dt></main></dd><li> | <nobr a='>'><p></nobr> | <main><title></titles></main></title>
<div><SCRIPT><!--<script></script></div>--></script> | <div><svg><style><!--</style></svg></div>-->
<div><math><style><!--</style></math></div>--> | <q><form><object></form></object></form></q>
<template><col><textarea></template><div></textarea></template> | <b> | <a><div> | <table><a>
<pre>{LF}</p> | <b><i><div></b></i> | <select><a></br> | <dd><li>{NBSP}
"""
UNITS = re.split(
    r"\s*[|\n]\s*", TANGLES.strip().format(VT="\v", KELVIN="\u212a", NBSP="\xa0", LF="\n")
)
RAW = ["style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript"]
UNITS += [f"<{tag}><img alt='</{tag}><main>'></{tag}>" for tag in RAW]


@pytest.mark.parametrize("unit", [*UNITS, *(VECTORS[name] for name in [*VECTORS][::7])])
def test_what_nests_without_end_comes_out_clean_or_not_at_all(unit: str) -> None:
    for count in (1, 3, 30, max(30, min(300, 10_000 // len(unit)))):
        try:
            safe = clean(f"x{unit * count}")
        except TangledError:
            continue
        assert clean(safe) == safe
        assert len(safe) > 2000 or faults(safe) == []


REFUSED = {
    "deep": "<b>" * 501,
    "deep lists": "<ul><li>" * 251,
    "many copies": "<p>" + "".join(f"<b {n}>" for n in range(300)) + "</p>" + "<p>x" * 3000,
    "long copies": f"<p><b title='{'x' * 5000}'></p>" + "<p>x</p>" * 3000,
    "never settled": "<a>" + "<div>" * 200 + "<a>x",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_comes_out_as_a_tangle_is_refused(name: str) -> None:
    with pytest.raises(TangledError, match="nested too deeply"):
        clean(REFUSED[name])


ROW = (
    "<!--[if mso]><table><tr><td><![endif]--><tr><td style='padding:8px;font-family:Arial' width=9>"
    "<p style='margin:0'><b>1</b> <a href='https://shop.example/1?a=b'>see it</a><br></p></td></tr>"
)
LARGE = {
    "newsletter": "<table><tr><td>" * 12 + ROW * 4000 + "</td></tr></table>" * 12,
    "paragraphs never closed": "<p>some text, with <b>bold</b><br>" * 20_000,
    "list items never closed": "<ul>" + "<li>some text" * 20_000 + "</ul>",
    "a long thread": "<blockquote>" * 400 + "<div>x<br></div>" * 30_000 + "</blockquote>" * 400,
    "as deep as may be": "<b>" * 500 + "x",
    "a broken address": f"<a href='https://ok.example/{' ' * 500_000}x'>x</a>",
    "spaces": "\xa0" * 20_000,
    "attributes": f"<p {'a=b ' * 200_000}>x</p>",
    "declarations": f"<p style='{'color:red;' * 50_000}'>x</p>",
}


@pytest.mark.parametrize("name", LARGE)
def test_large_is_not_deep(name: str) -> None:
    text = re.sub(r"<!--.*?-->|<[^>]*>", "", LARGE[name]).replace("\xa0", "&nbsp;")
    assert re.sub(r"<[^>]*>", "", clean(LARGE[name])) == text
