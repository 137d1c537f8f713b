"""The one place where HTML from outside is cleaned.

`nh3` reads, filters and writes it; here is only what may stay. Nothing that stays loads anything
but pictures, runs, moves, or covers what is around it. `kit.html_cleaner` bounds how long it takes.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape, unescape

import nh3

# Raise it whenever the same HTML may come out otherwise than before: it is kept with what was
# cleaned, and what an older one has cleaned can be gone over.
CLEANER_VERSION = 2


def _words(text: str) -> set[str]:
    return set(text.split())


_TAGS = _words(
    "a abbr address b big blockquote br caption center cite code col colgroup dd del div dl dt em"
    " font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong"
    " sub sup table tbody td tfoot th thead tr tt u ul var"
)
_PLAIN = _words(
    "align bgcolor border cellpadding cellspacing color colspan dir face height lang rowspan scope"
    " size span start type valign value width"
)
_PLAIN_VALUE = re.compile(r"(?ia)#[\da-f]{3,8}|(?!.{0,99}\d{5})[\w .,%'-]{0,99}")
# cid: names a picture that came with the mail, so that the inbox can show the file. data: stays
# out: a picture belongs among the files, where its size and its type are checked.
_STARTS = {
    "href": ("http://", "https://", "mailto:", "tel:"),
    "src": ("http://", "https://", "cid:"),
}
_PROPERTY = re.compile(
    r"(?ia)(?:font|margin|padding|border)(?:-[a-z-]+)?|background|(?:background-)?color"
    r"|text-(?:align|decoration|indent|transform)|line-height|letter-spacing|white-space|direction"
    r"|vertical-align|list-style-type|(?:min-|max-)?(?:width|height)"
)
# Words, strings, colours and short numbers without a minus: nothing here loads, moves or covers.
# It is looked for over and over in a value, so that no repetition is within another.
_HARMLESS = re.compile(
    r"""(?iax)[\s,/]+|"[\w\ .-]*"|'[\w\ .-]*'|!\s*important\b|(?<![\w.%\#-])(?:\#[\da-f]{3,8}
    |[a-z-]++(?:(?:(?<=rgb)|(?<=hsl)|(?<=rgba)|(?<=hsla))\([\d\s.,%/]*\))?
    |(?=\.?\d)(?:1?\d{0,2}(?:\.\d+)?%|\d{0,3}(?:\.\d+)?(?:px|pt)?|\d?(?:\.\d+)?(?:r?em|in|cm))
    )(?![\w.%-])"""
)
_DROPPED_IN_URLS = re.compile(r"[\t\n\r]")
_AROUND_URLS = "".join(map(chr, range(33)))
# Characters of a style; those of mails have some hundred.
_MAX_STYLE_LENGTH = 1000


def _is_harmless(declaration: str) -> bool:
    name, _, value = declaration.partition(":")
    return bool(
        _PROPERTY.fullmatch(name.strip()) and value.strip() and not _HARMLESS.sub("", value)
    )


@lru_cache(512)  # a parser may copy an element hundreds of times
def _style(value: str) -> str | None:
    kept = [part.strip() for part in value.split(";") if _is_harmless(part)]
    return "; ".join(kept) or None


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return _style(value) if len(value) <= _MAX_STYLE_LENGTH else None
    if name in _STARTS:
        url = _DROPPED_IN_URLS.sub("", value).strip(_AROUND_URLS)  # as browsers do
        return url if url.lower().startswith(_STARTS[name]) else None
    return value if name not in _PLAIN or _PLAIN_VALUE.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_words("script style title noscript iframe noembed noframes"),
    attributes={"*": {*_PLAIN, "style", "title"}, "a": {"href"}, "img": {"src", "alt"}},
    attribute_filter=_attribute,
    # An address of the inbox is nobody's business, and a text that gets public is no advert.
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative="deny",
)
# What `nh3` writes has `<` and `>` around tags only, and no entities but
# &amp; &lt; &gt; &nbsp; &quot;
_TAG = re.compile(r"<(/?)([a-z1-6]+)")
_PRE = re.compile(r"(<pre[^<>]*>)(?=\n)")
_NO_TEXT = re.compile(r"<[^<>]*>|&nbsp;")
_PICTURE = re.compile(r'<img[^<>]* src="\w')
_IMAGE = re.compile(r"<img([^<>]*)>")
_QUOTED = re.compile(r' (\w+)="([^"]*)"')
_VOID = _words("br col hr img")
# Browsers put what is deeper somewhere else.
_MAX_DEPTH = 500
# Times as long as before: characters written as `&nbsp;` take six times as much. A parser that
# copies elements takes more.
_MAX_GROWTH = 8
# White space, controls, what Unicode says to draw as nothing, and the empty pattern of Braille.
_UNSEEN = re.compile(
    r"[\s\0-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-"
    r"\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]*"
)


class TangledError(ValueError):
    """HTML that cannot be cleaned, or not in time; its text is for the person who sent it."""

    def __init__(self) -> None:
        super().__init__("takes too long to clean: its tags are nested too deeply or too badly")


def clean(html: str) -> str:
    """What is harmless in `html`; cleaning that again changes nothing.

    Raises TangledError, and ValueError for a lone surrogate. Takes up to the square of its length.
    """
    longest = _MAX_GROWTH * len(html) + 1000
    for _ in range(8):
        safe = _clean_once(html)
        if safe == html:
            return html
        if len(safe) > longest or _is_deep(safe):
            break
        html = safe
    raise TangledError


def _clean_once(html: str) -> str:
    # A parser drops a BOM in front, and a newline right after <pre>.
    safe = _CLEANER.clean(html).lstrip("\ufeff")
    return _PRE.sub(r"\1\n", safe)


def _is_deep(safe: str) -> bool:
    depth = 0
    for tag in _TAG.finditer(safe):
        depth += -1 if tag[1] else tag[2] not in _VOID
        if depth > _MAX_DEPTH:
            return True
    return False


def is_blank(html: str) -> bool:
    """Whether `html`, as `clean` returns it, shows nothing: neither a picture nor a character."""
    return bool(_UNSEEN.fullmatch(_NO_TEXT.sub("", html))) and not _PICTURE.search(html)


def image_urls(html: str) -> list[str]:
    """The addresses of the images in `html`, as `clean` returns it: each once, in their order."""
    found = [
        unescape(value)
        for image in _IMAGE.finditer(html)
        for name, value in _QUOTED.findall(image[1])
        if name == "src"
    ]
    return list(dict.fromkeys(found))


def with_image_urls(html: str, url_of: Callable[[str], str | None]) -> str:
    """The images in `html`, as `clean` returns it, at other addresses; None is at none."""

    def moved(image: re.Match[str]) -> str:
        def kept(attribute: re.Match[str]) -> str:
            if attribute[1] != "src":
                return attribute[0]
            url = url_of(unescape(attribute[2]))
            return "" if url is None else f' src="{escape(url)}"'

        return f"<img{_QUOTED.sub(kept, image[1])}>"

    return _IMAGE.sub(moved, html)
