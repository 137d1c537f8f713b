import { expect, it } from "vitest";
import {
  bytesOf,
  cleanName,
  readFile,
  roomFor,
  sizeOf,
  whyNot,
  withoutUnused,
} from "./attachments";

const file = (name: string, bytes: number) => ({
  Name: name,
  ContentType: "text/plain",
  Content: btoa("x".repeat(bytes)),
});

it("counts the bytes, not the letters of base64", () => {
  expect([0, 1, 2, 3, 1000].map((n) => bytesOf(file("a", n)))).toEqual([0, 1, 2, 3, 1000]);
});

it("fits a whole request into what the server takes", () => {
  const room = roomFor([], "<p>Hello</p>");
  const body = JSON.stringify({ content: "<p>Hello</p>", attachments: [file("a.txt", room)] });
  expect(body.length).toBeLessThan(1_000_000);
  expect(room).toBeGreaterThan(740_000);
});

it("says before sending what is too much", () => {
  expect(whyNot([{ name: "a.zip", size: 2_000_000 }], [], "")).toMatch(/“a.zip” has 2.0 MB/);
  expect(whyNot([{ name: "a", size: 0 }], [], "")).toMatch(/empty, or a folder/);
  expect(whyNot([{ name: "a", size: 1 }], Array(20).fill(file("b", 1)), "")).toMatch(/at most 20/);
  expect(whyNot([{ name: "a", size: 1 }], [file("b", 1)], "")).toBeNull();
});

it("gives names that the server takes", () => {
  expect(cleanName("../a\\b\n.txt")).toBe(".._a_b_.txt");
  expect(cleanName("")).toBe("file");
});

it("reads a file as base64", async () => {
  const read = await readFile(new File(["hello"], "a.txt", { type: "text/plain" }), "cid1");
  expect(read).toEqual({
    Name: "a.txt",
    ContentType: "text/plain",
    Content: btoa("hello"),
    ContentID: "cid1",
  });
});

it("drops pictures that are no longer in the text", () => {
  const [one, two] = [
    { ...file("a", 1), ContentID: "one" },
    { ...file("b", 1), ContentID: "two" },
  ];
  expect(withoutUnused([one, two, file("c", 1)], '<img src="cid:two">')).toHaveLength(2);
});

it("writes sizes short", () => {
  expect([0, 999, 1000, 740_000, 1_500_000].map(sizeOf)).toEqual([
    "0 B",
    "999 B",
    "1 KB",
    "740 KB",
    "1.5 MB",
  ]);
});
