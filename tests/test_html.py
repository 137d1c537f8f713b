"""What comes out of `clean` is read again by another parser, which must find nothing amiss."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, strategies as st

from looplane.kit.html import clean, is_blank

VECTORS: dict[str, str] = {
    vector["name"]: vector["html"]
    for vector in json.loads((Path(__file__).parent / "data/xss_vectors.json").read_text())
}
XHTML = "{http://www.w3.org/1999/xhtml}"
TAGS = set(
    """a abbr address b big blockquote br caption center cite code col colgroup dd del div dl dt em
    font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub
    sup table tbody td tfoot th thead tr tt u ul var""".split()  # noqa: SIM905
)
LAYOUT = set(
    """align bgcolor border cellpadding cellspacing color colspan dir face height lang rowspan scope
    size span start style title type valign value width""".split()  # noqa: SIM905
)
OWN = {"a": {"href", "rel"}, "img": {"src", "alt"}}
WEB = ("http://", "https://")
SCHEMES = {"href": (*WEB, "mailto:", "tel:"), "src": (*WEB, "cid:")}
PROPERTY = re.compile(
    r"(font|margin|padding|border|text|list-style|min|max|background)(-[a-z]+)*|color|line-height"
    r"|letter-spacing|white-space|direction|vertical-align|width|height"
)
REL = 'rel="noopener noreferrer nofollow"'


def attribute_fault(tag: str, name: str, value: str) -> bool:
    if name not in LAYOUT | OWN.get(tag, set()):
        return True
    if name in SCHEMES:
        bare = re.sub(r"[\s\0-\x20\x7f-\x9f\xad\u200b-\u200f\ufeff]", "", value).lower()
        return not bare.startswith(SCHEMES[name])
    if name == "rel":
        return "noopener" not in value.split()
    if name == "style":
        return bool(style_faults(value))
    return name not in {"alt", "title"} and bool(re.search(r"^\d{5}|[^#\w .,%'-]", value))


def style_faults(style: str) -> list[str]:
    """Declarations that load or run something, are no plain ones, or reach out of their box."""
    return [
        declaration
        for declaration in style.lower().split(";")
        if not PROPERTY.fullmatch(declaration.partition(":")[0].strip())
        or re.search(r"[\\@{}<>]|/\*|(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(", declaration)
        or re.search(r"\d{4}|(^|[\s:,/])-[\d.]|\de\d|v[wh]\b", declaration)
        or declaration.count('"') % 2
        or declaration.count("'") % 2
    ]


def faults(html: str) -> list[str]:
    """All that another HTML5 parser finds in `html` on a page and that is not on these lists."""
    pages = [f"<!doctype html>{lead}{html}<p title=''>" for lead in ("", "<div>", "<table><td>")]
    read = [html5lib.parse(page, scripting=on) for page in pages for on in (True, False)]
    return [fault for page in read for node in page.iter() for fault in node_faults(node)]


def node_faults(node: Element) -> list[str]:
    if not isinstance(node.tag, str):
        return ["a comment"]
    tag = node.tag.removeprefix(XHTML)
    found = [f"{tag} {n}={v}" for n, v in node.items() if attribute_fault(tag, n, v)]
    if tag not in TAGS | {"html", "head", "body"}:
        found.append(node.tag)
    if tag == "a" and "rel" not in node.keys():  # noqa: SIM118  # an Element is no mapping
        found.append("a link without rel")
    return found


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_is_one(name: str) -> None:
    assert faults(VECTORS[name])


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_is_disarmed(name: str) -> None:
    safe = clean(VECTORS[name])
    assert faults(safe) == []
    assert clean(safe) == safe


PIECES = st.one_of(
    st.sampled_from(sorted(TAGS)).map(lambda tag: f"<{tag}>"),
    st.sampled_from(sorted(TAGS)).map(lambda tag: f"</{tag}>"),
    st.sampled_from(
        """<svg> </svg> <math> <mtext> <mglyph> <annotation-xml> <foreignObject> <template> <select>
        <option> <button> <object> <form> </form> <style> </style> <script> </script> <title>
        </title> <noscript> </noscript> <xmp> <textarea> </textarea> <plaintext> <iframe> <body>
        <!-- --> --!> <![CDATA[ ]]> <? </ <! &lt; &gt; &quot; &#0; &nbsp; < > " ' = / \0 \ufeff
        """.split()  # noqa: SIM905
    ),
    st.builds(
        "<{} {}{}{}>".format,
        st.sampled_from(["a", "img", "p", "td", "svg", "font"]),
        st.sampled_from(["href=", "src=", "style=", "title=", "onclick=", "id=", "width="]),
        st.sampled_from(["", '"', "'", "javascript:", " https://x.example/", "color:red;"]),
        st.text(max_size=8),
    ),
    st.text(max_size=8) | st.sampled_from("\r\n"),
    st.tuples(st.sampled_from(list(VECTORS.values())), st.integers(0, 90), st.integers(1, 90)).map(
        lambda cut: cut[0][cut[1] : cut[1] + cut[2]]
    ),
)
SOUP = st.lists(PIECES, max_size=25).map("".join)


@given(SOUP)
def test_any_soup_comes_out_clean_and_stays_so(soup: str) -> None:
    safe = clean(soup)
    assert faults(safe) == []
    assert clean(safe) == safe


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\ufeff")))
def test_a_text_stays_as_it_is(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    assert "".join(html5lib.parseFragment(clean(escaped)).itertext()) == text


UNCHANGED = {
    "text": "Thanks! That works now.",
    "signs": "a &lt; b &amp;&amp; c &gt; d, \"quoted\" and 'so'",
    "emoji": "Great 👍🏽 👩‍👩‍👧 🇨🇭 — ça va? 你好 שלום",
    "format": "<p><b>b</b> <i>i</i> <u>u</u> <s>s</s> <em>e</em> <strong>s</strong><br>next</p>",
    "lists": '<ul><li>a</li><li>b<ol start="3" type="a"><li>c</li></ol></li></ul>',
    "headings": "<h1>x</h1><h2>x</h2><h6>x</h6><hr>",
    "code": "<pre><code>if a &lt; b:\n    &lt;script&gt;</code></pre>",
    "pre that starts with an empty line": "<pre>\n\nx</pre>",
    "quoted mail": "<div>On Monday, Ann wrote:<br><blockquote><div>Hi</div></blockquote></div>",
    "picture": '<img src="https://ok.example/x.png?a=1&amp;b=2" alt="x &lt; y" width="600">',
    "picture of the mail": '<img src="cid:part1.06090@ok.example" alt="">',
    "font": '<font color="#888888" face="Arial, sans-serif" size="2">x</font>',
    "style": '<span style="color: #333 !important; font-weight:bold; text-align: center">x</span>',
    "long style": '<p style="font: 12px/1.5 &quot;Segoe UI&quot;, serif; margin: 0 auto">x</p>',
    "style of a mail": '<div style="padding:8px; border-bottom:1px solid rgb(1, 2, 3)">x</div>',
    "right to left": '<p dir="rtl" lang="he">שלום</p>',
    "table": (
        '<table border="1" cellpadding="4" width="100%"><caption>c</caption><colgroup>'
        '<col span="2"></colgroup>'
        '<thead><tr><th scope="col">h</th></tr></thead><tbody><tr><td colspan="2" '
        'align="right" bgcolor="#eee">d</td></tr></tbody></table>'
    ),
    "link": f'<a href="https://ok.example/a?b=1&amp;c=2#d" {REL}>x</a>',
    "mail link": f'<a href="mailto:a@ok.example?subject=x%20y" {REL}>x</a>',
    "phone link": f'<a href="tel:+41-44-000" title="Call" {REL}>x</a>',
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_harmless_html_stays_as_it_is(name: str) -> None:
    html = UNCHANGED[name]
    assert clean(html) == html
    assert faults(html) == []


CHANGED = {
    "a link gets its rel": ("<a href=tel:1>x</a>", f'<a href="tel:1" {REL}>x</a>'),
    "and no other": ("<a href=tel:1 rel=opener>x</a>", f'<a href="tel:1" {REL}>x</a>'),
    "as browsers read it": ("<a href=' \x01t\nel:1 '>x", f'<a href="tel:1" {REL}>x</a>'),
    "a bad link leaves its text": ("<a href=javascript:alert(1)>x</a>", f"<a {REL}>x</a>"),
    "text of unknown tags stays": ("<main><o:p>x</o:p> <button>y</button></main>", "x y"),
    "text of a select stays": ("<select><option>x<option>y</select>", "xy"),
    "a drawing goes": ("<svg><text>x</text></svg>y", "y"),
    "code never shows": ("<style>x</style><script>x</script><noscript>x</noscript>y", "y"),
    "nor a title or frames": ("<title>x</title><iframe>x</iframe><noframes>x</noframes>y", "y"),
    "nor the place of a plug-in": ("<noembed>x</noembed>y", "y"),
    "open tags are closed": ("<p>x<p><b>y", "<p>x</p><p><b>y</b></p>"),
    "signs are escaped": ("1 < 2 & 3 > 2\xa0", "1 &lt; 2 &amp; 3 &gt; 2&nbsp;"),
    "NUL goes": ("a\0b", "ab"),
    "byte order marks in front go": ("\ufeff<x>" + "\ufeff" * 20 + "a", "a"),
    "the newline that <pre> eats": ("<pre>\n\n\nx</pre>", "<pre>\n\n\nx</pre>"),
    "the one it would eat once a tag is gone": ("<pre><x>\nx</pre>", "<pre>\n\nx</pre>"),
    "bad declarations go alone": (
        "<p style='color:red;position:fixed;WIDTH:1000px;height:200%;margin:0 -1px;width:90em'>x",
        '<p style="color:red">x</p>',
    ),
    "a style of nothing goes": ("<p style='position:fixed'>x", "<p>x</p>"),
    "a style that is a novel goes": (f"<p style='{'color:red;' * 101}'>x", "<p>x</p>"),
    "an address of ours goes": ("<a href=/admin>x</a><img src=x>", f"<a {REL}>x</a><img>"),
    "no scheme but looks like one": ("<a href=http\u017f://x>x</a>", f"<a {REL}>x</a>"),
    "bad sizes go": ("<img src=cid:x width=99999 height=20>", '<img src="cid:x" height="20">'),
}


@pytest.mark.parametrize("name", CHANGED)
def test_the_rest_is_put_right(name: str) -> None:
    html, expected = CHANGED[name]
    assert clean(html) == expected
    assert clean(expected) == expected


BLANK = [
    "", " \n\t", "&nbsp;", "<p></p>", "<p><br>&nbsp;</p><div>\u200b\u2060</div>", "<!-- x -->",
    "<img>", "<img alt=x>", "<img alt=' src=&quot;x'>", "<img src=javascript:alert(1)>",
    "\u3164\u2800\u00ad\ufe0f", "<a href=tel:1></a>", "<title>x</title>", "<table><td></table>",
]  # fmt: skip
SHOWN = [
    "x", "0", "<p>.</p>", "&lt;", "&lt;p&gt;", "<b><i>é</i></b>", "👍", "\U0001fae9", "\u0301",
    "&amp;nbsp;", "<svg>x</svg>", "<img src=cid:x>", "<img alt=x src=https://ok.example/x.png>",
]  # fmt: skip


@pytest.mark.parametrize("html", BLANK)
def test_it_shows_nothing(html: str) -> None:
    assert is_blank(clean(html))


@pytest.mark.parametrize("html", SHOWN)
def test_it_shows_something(html: str) -> None:
    assert not is_blank(clean(html))


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        clean("a\ud83d")
