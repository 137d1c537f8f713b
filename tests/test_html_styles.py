"""Which declarations stay in a style, one by one."""

import pytest

from looplane.kit.html import clean

STAY = [
    "color: red", "COLOR:#FFF", "color:rgb(1, 2, 3)", "color:hsla(1 2% 3% / .5)", "font-size:12px",
    "font:italic bold .8em/1.2 Arial, sans-serif", "font-family:'Segoe UI', \"a.b-c\", serif",
    "margin:0 auto", "padding:1px 2pt .5em 3rem", "border-top:1px solid #ccc", "width:100%",
    "width:33.333333%", "max-width:600px", "height:199%", "height:9.5in", "line-height:1.5",
    "text-decoration:underline", "color:red!important", "color : red ! important ",
    "background:#eee", "border-radius:4px", "letter-spacing:.1em", "list-style-type:disc",
]  # fmt: skip
GO = [
    "position:fixed", "z-index:1", "float:left", "transform:none", "display:none", "opacity:0",
    "content:'x'", "filter:none", "animation:x", "--x:1", "behavior:x", "-moz-binding:x", "color",
    "color:", "color: ", ":red", "color:url(x)", "background:url('https://x.example/')",
    "background:URL(x)", "background-image:none", "background:image-set(x)", "color:var(--x)",
    "width:calc(9px * 999)", "width:expression(alert(1))", "width:1000px", "width:200%",
    "width:10em", "width:99rem", "width:1e9px", "width:1vw", "width:-1px", "margin:-1px",
    "margin:0 -.5em", "margin:-50%", "padding:1px\\9", "color:\\72 ed", "color:r/**/ed",
    "color:red}p{color:red", "color:red<", "color:@x", "font-family:'x", "font-family:\"x'",
    "font-family:'a\\'b'", "font-family:'<'", "color:rgb(url(x))", "color:rgb(1", "color:#12",
    "color:#123456789", "width:12345", "width:1px2", "width:1.2.3px", "font-family:\u65b0\u7d30",
]  # fmt: skip


def _style(declaration: str) -> str:
    return declaration.strip().replace('"', "&quot;")


@pytest.mark.parametrize("declaration", STAY)
def test_it_stays(declaration: str) -> None:
    html = f'<p style="{_style(declaration)}">x</p>'
    assert clean(html) == html


@pytest.mark.parametrize("declaration", GO)
def test_it_goes(declaration: str) -> None:
    style = _style(declaration).replace("<", "&lt;")
    html = f'<p style="color:red;{style};width:1px">x</p>'
    assert clean(html) == '<p style="color:red; width:1px">x</p>'
