"""The one place where HTML from outside is cleaned."""

import re
from html import unescape

import nh3


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
_PLAIN_VALUE = re.compile(r"(?ia)#[\da-f]{3,8}|(?!.{0,99}\d{5})[\w .,'%-]{0,99}")
# cid: names a picture that came with the mail, so that the inbox can show the file. data: stays
# out: a picture belongs among the files, where its size and its type are checked.
_URL = re.compile(r"(?i)(?:href|src)=https?://.+|href=(?:mailto|tel):.+|src=cid:.+")
# Words, strings, colours and short numbers without a minus: nothing here loads, moves or covers.
_DECLARATION = re.compile(
    r"""(?iax)\s*(?:(?:font|margin|padding|border)(?:-[a-z]+)*|background|(?:background-)?color
    |text-(?:align|decoration|indent|transform)|line-height|letter-spacing|white-space|direction
    |vertical-align|list-style-type|(?:min-|max-)?(?:width|height))\s*:(?:[\s,/]*(?:[a-z-]+
    |"[\w\ .-]*"|'[\w\ .-]*'|\#[\da-f]{3,8}|(?:rgb|hsl)a?\([\d\s.,%/]*\)|1?\d{0,2}(?:\.\d+)?%
    |(?:\d{1,3}(?:\.\d+)?|\.\d+)(?:px|pt)?|\d?(?:\.\d+)?(?:em|rem|in|cm))(?![\w.%-]))+\s*
    (?:!\s*important\s*)?"""
)


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "style":
        kept = [part.strip() for part in value.split(";") if _DECLARATION.fullmatch(part)]
        return "; ".join(kept) or None
    if name in {"href", "src"}:
        url = re.sub(r"[\t\n\r]", "", value).strip("".join(map(chr, range(33))))  # as browsers do
        return url if _URL.fullmatch(f"{name}={url}") else None
    return value if name not in _PLAIN or _PLAIN_VALUE.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_words("script style title noscript iframe noembed noframes"),
    attributes={"*": {*_PLAIN, "style", "title"}, "a": {"href"}, "img": {"src", "alt"}},
    attribute_filter=_attribute,
    # An address of the inbox is nobody's business, and a text that gets public is no advert.
    link_rel="noopener noreferrer nofollow",
    url_schemes={"http", "https", "mailto", "tel", "cid"},
)
# Within these the same signs mean other things, which is what parsers disagree on. Under another
# name they do not, and `_TOKEN` splits as nh3 does.
_CONTEXT = re.compile(r"(?i)<(/?)(?:(script)|svg|math|template|select|form)")
_VALUE = r"""\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s"'>][^\s>]*+)?+"""
_REST = rf"(?:[\s/]++|[^\s/>][^\s/>=]*+(?:{_VALUE})?+)*+>?+"
_TOKEN = re.compile(
    r"(?as)<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-z]))[^>]*"
    r"|<(style|title|textarea|xmp|iframe|noembed|noframes|noscript)(?=[\s/>])"
    rf"{_REST}.*?(?=</\1[\s/>]|\Z)|<(?P<end>/?)(?P<name>[a-z][^\s/>]*){_REST}"
)
# White space, controls, what Unicode says to draw as nothing, and the empty pattern of Braille.
_UNSEEN = re.compile(
    r"[\s\0-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-"
    r"\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]*"
)
_VOID = _words("area base br col embed frame hr image img input link meta param source wbr")
_COPIED = _words("a b big code em font i nobr s small strike strong tt u")


def _is_tangle(html: str, limit: int = 20_000_000) -> bool:
    """Whether nh3 would take too long: at a tag it may go through all open ones, and copy some.

    A tag counts as closed only by an end tag that meets it on top: the misnested count as open.
    """
    opened: list[tuple[str, int]] = []
    work = weight = 0
    # The detour is for a lower() of ASCII alone; and \v is no space in HTML.
    for token in _TOKEN.finditer(html.encode().lower().decode("latin-1").replace("\v", ".")):
        name, on_top = token["name"], opened[-1:] and opened[-1][0] == token["name"]
        if token["end"]:
            weight -= opened.pop()[1] if on_top else 0
        elif name and name not in _VOID and not (on_top and name in {"p", "li"}):
            opened.append((name, 50 + 4 * len(token[0]) if name in _COPIED else 2))
            weight += opened[-1][1]
        work += weight
        if work > limit:  # a newsletter of 1 MB gets to a third of it
            return True
    return False


def clean(html: str) -> str:
    """Return what is harmless in `html`; cleaning that again changes nothing.

    ValueError if its tags are nested too deeply or too badly, or if it has a lone surrogate.
    """
    for _ in range(8):
        source = _CONTEXT.sub(lambda tag: f"<{tag[1]}{'style' if tag[2] else 'x-tag'}", html)
        if _is_tangle(source):
            break
        # A parser drops a BOM in front, and a newline right after <pre>.
        safe = _CLEANER.clean(source).lstrip("\ufeff")
        safe = re.sub(r"(<pre[^>]*>)(?=\n)", r"\1\n", safe)
        if safe == html:
            return html
        html = safe
    msg = "must not have its tags nested so deeply"
    raise ValueError(msg)


def is_blank(html: str) -> bool:
    """Whether `html`, as `clean` returns it, shows nothing: neither a picture nor a character."""
    text = unescape(re.sub(r"<[^<>]*>", "", html))
    return bool(_UNSEEN.fullmatch(text)) and not re.search(r'<img[^<>]* src="\w', html)


CLEANER_VERSION = 2
