import { describe, expect, it } from "vitest";
import { cleanPaste } from "./clean-paste";
import { htmlOfText, isBlank, textOf, tidy } from "./html";

describe("what HTML says", () => {
  it("is a line to a block", () => {
    expect(textOf("<p>Hello</p><p>it <b>works</b>.<br>Bye</p>")).toBe("Hello\nit works.\nBye");
    expect(textOf("<ul><li>one</li><li>two</li></ul>")).toBe("• one\n• two");
  });

  it("has no script in it", () => {
    expect(textOf("<p>a</p><script>alert(1)</script><style>p{}</style>")).toBe("a");
  });

  it.each([
    ["", true],
    ["<p></p>", true],
    ["<p> <br></p><p>&nbsp;</p>", true],
    ["<p>.</p>", false],
    ['<p><img src="cid:a"></p>', false],
  ])("of %s is nothing: %s", (html, is) => {
    expect(isBlank(html)).toBe(is);
  });

  it("comes back from plain text, with nothing of it taken for HTML", () => {
    expect(htmlOfText("a < b\nc\n\nd")).toBe("<p>a &#60; b<br>c</p><p>d</p>");
    expect(textOf(htmlOfText("<img src=x onerror=alert(1)>"))).toBe("<img src=x onerror=alert(1)>");
  });
});

describe("what leaves the editor", () => {
  it("is small", () => {
    expect(tidy('<ol start="1"><li><p>one</p></li></ol><p></p>')).toBe("<ol><li>one</li></ol>");
    expect(tidy("<p>a</p><p></p><p>b</p><p></p><p><br></p>")).toBe("<p>a</p><p><br></p><p>b</p>");
    expect(tidy("<p></p>")).toBe("");
  });
});

describe("what is pasted", () => {
  it("from Word becomes lists and words", () => {
    const word = `<html><head><style>p{mso-x:y}</style></head><body><!--StartFragment-->
<p class=MsoNormal style='color:red'>Dear <b>Grace</b><o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·  </span>one</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·  </span>two</p>
</body></html>`;
    const clean = cleanPaste(word);
    expect(clean).toContain("<p>Dear <b>Grace</b></p>");
    expect(clean.replace(/\s+/g, " ")).toContain("<ul><li>one</li><li>two</li></ul>");
    expect(clean).not.toMatch(/mso|style|class|o:p/);
  });

  it("keeps no headings, pictures of elsewhere, forms or scripts", () => {
    const clean = cleanPaste(
      `<h1>Title</h1><img src="https://track.example/a.gif"><script>x</script><a href="javascript:alert(1)" onclick="x">a</a><a href="https://firm.example">b</a>`,
    );
    expect(clean).toBe('<p><strong>Title</strong></p>a<a href="https://firm.example">b</a>');
  });

  it("of a table is a line to a row", () => {
    const clean = cleanPaste("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>");
    expect(clean).toBe("<p>a | b</p><p>c</p>");
  });

  it("from other documents is bold where it was", () => {
    expect(
      cleanPaste(`<b style="font-weight:normal"><span style="font-weight:700">x</span> y</b>`),
    ).toBe("<span><strong>x</strong></span> y");
  });
});
