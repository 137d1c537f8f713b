"""What is cleaned says by which version: it may not come out otherwise without a new one.

A new version's digests are written by `python -m tests.test_cleaner_version`.
"""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from looplane.kit.html import CLEANER_VERSION, clean

RECORD = Path(__file__).parent / "data/cleaned_by_version.json"
ELEMENTS = """
a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink
blockquote body br button canvas caption center cite code col colgroup command data datalist dd del
details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset
h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen label
legend li link listing main map mark marquee math menu menuitem meta meter nav nextid nobr noembed
noframes noscript object ol optgroup option output p param picture plaintext portal pre progress q rb
rp rt rtc ruby s samp script search section select slot small source spacer span strike strong style
sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var
video wbr xmp x-y
""".split()  # noqa: SIM905
ATTRIBUTES = """
accesskey action align alt aria-label autofocus background bgcolor border cellpadding cellspacing
char class color cols colspan content contenteditable data data-x datetime dir download draggable
face for form formaction frame headers height hidden href hreflang hspace http-equiv id inert is
itemprop lang longdesc loop name nonce noshade nowrap onclick ping popover poster rel role rows
rowspan rules scope size sizes slot span src srcdoc srcset start style summary tabindex target title
translate type usemap valign value vspace width xlink:href xml:base xmlns
""".split()  # noqa: SIM905
VALUES = (
    """
x|1|-1|100%|200%|12345|#fff|#xyz|red|left|a b|a;b|url(x)|http://x|HTTPS://x|//x|/x|mailto:a@x|tel:1
cid:x|data:,x|javascript:x|sms:1|color:red|width:1px|x:1|&lt;b&gt;|&quot;|a&#10;b|é|_blank
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
PROPERTIES = """
all animation appearance background background-color background-image behavior border border-bottom
border-collapse border-image border-radius border-spacing bottom box-shadow clear clip color columns
content cursor direction display filter flex float font font-family font-size font-weight grid
height inset left letter-spacing line-height list-style list-style-image list-style-type margin
margin-top max-height max-width min-height min-width mso-line-height-rule opacity order outline
overflow padding padding-left pointer-events position quotes resize right text-align text-decoration
text-indent text-overflow text-shadow text-transform top transform transition unicode-bidi
vertical-align visibility white-space width word-break writing-mode z-index zoom -moz-binding --x
""".split()  # noqa: SIM905
PARTS = (
    """
red|#fff|#ff|rgb(1,2,3)|hsla(1 2% 3%/.5)|var(--x)|url(x)|calc(1px)|'a b'|"a"|'a|1|999|1000|-1|.5|1.5
9px|-9px|999pt|1000pt|9em|10em|1.5rem|9in|9cm|9mm|1vw|9ch|100%|199%|200%|-1%|1px 2px|1px,2px|1px/2px
red!important|inherit|\\72 ed|r/**/ed|1e3px|@x|{}|é
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
# Sets of one kind, each a document for every member, and what shows how they nest.
CORPUS = {
    "elements": [f"a<{each} title=t>b</{each}>c" for each in ELEMENTS],
    "nesting": [f"<{one}>a<{two}>b</{one}>c" for one in ELEMENTS for two in ELEMENTS[::7]],
    "attributes": [f"<p {name}='{value}'>x</p>" for name in ATTRIBUTES for value in VALUES],
    "links": [f"<a {name}='{value}'>x</a>" for name in ATTRIBUTES for value in VALUES],
    "pictures": [f"<img {name}='{value}'>" for name in ATTRIBUTES for value in VALUES],
    "properties": [f"<p style='{name}:1px;{name}:red'>x</p>" for name in PROPERTIES],
    "values": [
        f"<p style='color:{part.replace(chr(39), '&apos;')};width:1px'>x</p>" for part in PARTS
    ],
    "lengths": [f"<p style='color:red;{' ' * n}'>x" for n in (900, 980, 990, 991, 1000, 2000)],
    "depths": ["<b>" * n + "x" for n in (10, 100, 499, 500, 501)],
    "growth": [f"<p><b title='{'x' * n}'></p>" + "<p>x" * 50 for n in (50, 100, 200, 500, 1000)],
    "rounds": ["<a>" + "<div>" * n + "<a>x" for n in (1, 5, 10, 20, 100)],
    "texts": ["\ufeffx", "<pre>\n\nx", "a\0b", "\r\n", "&nbsp;\xa0", "<!--x-->y", "1 < 2 & 3"],
}


def digest(documents: list[str]) -> str:
    found = sha256()
    for each in documents:
        try:
            found.update(clean(each).encode() + b"\0")
        except ValueError as error:
            found.update(type(error).__name__.encode() + b"\1")
    return found.hexdigest()[:16]


@pytest.mark.parametrize("name", CORPUS)
def test_it_comes_out_as_this_version_says(name: str) -> None:
    recorded = json.loads(RECORD.read_text())
    assert digest(CORPUS[name]) == recorded[str(CLEANER_VERSION)].get(name), (
        "the cleaner, or the library that it uses, does otherwise: raise CLEANER_VERSION"
    )


def test_a_version_is_never_taken_back() -> None:
    recorded = json.loads(RECORD.read_text())
    assert [int(each) for each in recorded] == [*range(2, CLEANER_VERSION + 1)]
    assert len({json.dumps(each) for each in recorded.values()}) == len(recorded)


if __name__ == "__main__":
    known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    if str(CLEANER_VERSION) not in known:
        known[str(CLEANER_VERSION)] = {name: digest(CORPUS[name]) for name in CORPUS}
        RECORD.write_text(json.dumps(known, indent=2) + "\n")
