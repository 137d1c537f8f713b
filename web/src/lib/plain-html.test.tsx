import { render } from "@testing-library/react";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { foldPlain } from "./plain-folds";
import { safeHref } from "./links";
import { readLeniently, readPlain, showNodes, textOf } from "./plain-html";

interface Vector {
  name: string;
  html: string;
}

const vectors = JSON.parse(
  readFileSync(`${process.cwd()}/../tests/data/xss_vectors.json`, "utf8"),
) as Vector[];

const ELEMENTS = new Set(
  (
    "a abbr b blockquote br cite code dd del div dl dt em hr i ins kbd li mark ol p pre q s samp " +
    "small span strong sub sup u ul var"
  ).split(" "),
);
const LINK = /^(https?:|mailto:|tel:)/;

function expectHarmless(html: string, nodes: ReturnType<typeof readLeniently>): void {
  const { container, unmount } = render(<div>{showNodes(nodes)}</div>);
  const bad = [...container.querySelectorAll("*")].filter(
    (element) =>
      !ELEMENTS.has(element.localName) ||
      [...element.attributes].some(
        ({ name, value }) =>
          !["href", "target", "rel", "dir"].includes(name) ||
          (name === "href" && !LINK.test(value)),
      ),
  );
  expect(bad, html).toEqual([]);
  unmount();
}

describe("hostile HTML", () => {
  it("is there to be tried", () => {
    expect(vectors.length).toBeGreaterThan(300);
  });

  it("leaves only harmless elements where it is read leniently", () => {
    for (const { html } of vectors) expectHarmless(html, readLeniently(html));
  });

  it("goes into the frame, or is harmless", () => {
    for (const { html } of vectors) expectHarmless(html, readPlain(html) ?? []);
  });

  it("does not become a link", () => {
    for (const href of [
      "javascript:alert(1)",
      " java\nscript:alert(1)",
      "data:text/html,x",
      "/x",
      "//x.example",
      "vbscript:x",
      "",
    ]) {
      expect(safeHref(href), href).toBeNull();
    }
    expect(safeHref("https://ok.example/a?b#c")).toBe("https://ok.example/a?b#c");
  });

  it("may be as deep as it likes", () => {
    const deep = `${"<div>".repeat(300)}x${"</div>".repeat(300)}`;
    expectHarmless(deep, readLeniently(deep));
  });
});

describe("plain HTML", () => {
  it("is read", () => {
    const nodes = readPlain("<p>Hello <b>you</b><br><a href='https://a.example'>there</a></p>");
    expect(nodes?.map(textOf)).toEqual(["Hello you\nthere"]);
  });

  it.each([
    "<p style='color: red'>x</p>",
    "<table><tr><td>x</td></tr></table>",
    "<img src='https://a.example/x.png'>",
    "<p align=center>x</p>",
    "<font color=red>x</font>",
  ])("is not: %s", (html) => {
    expect(readPlain(html)).toBeNull();
  });
});

describe("folds", () => {
  const fold = (html: string) => {
    const { said, signature, quoted } = foldPlain(readPlain(html) ?? []);
    const say = (nodes: typeof said): string => nodes.map(textOf).join("|");
    return [say(said), say(signature), say(quoted)];
  };

  it("a quote at the end, with the line above it", () => {
    expect(fold("<p>Yes</p><p>On Monday Ada wrote:</p><blockquote>Really?</blockquote>")).toEqual([
      "Yes",
      "",
      "On Monday Ada wrote:|Really?",
    ]);
  });

  it("no quote that is answered below", () => {
    expect(fold("<blockquote>Really?</blockquote><p>Yes</p>")[2]).toBe("");
  });

  it("a signature", () => {
    expect(fold("<p>Yes</p><p>--</p><p>Ada</p>")).toEqual(["Yes", "--|Ada", ""]);
    expect(fold("<p>Yes<br>-- <br>Ada</p>")).toEqual(["Yes\n", "-- \nAda", ""]);
  });

  it("lines with a > before them", () => {
    expect(fold("<p>Yes</p><p>&gt; Really?<br>&gt; So?</p>")[2]).toBe("> Really?\n> So?");
  });

  it("never all of it", () => {
    expect(fold("<blockquote>Look</blockquote>")).toEqual(["Look", "", ""]);
  });
});
