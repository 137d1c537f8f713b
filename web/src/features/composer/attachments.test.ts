import { expect, it } from "vitest";
import { sizeInWords } from "@/lib/sizes";
import { ApiError } from "@/api/errors";
import {
  bytesOf,
  cleanName,
  lacksPicture,
  markGone,
  pictureOf,
  whyNot,
  withoutUnused,
} from "./attachments";
import { withoutPicture } from "./html";
import { readText } from "./unsent-rules";
import { filesToSend } from "./wire";

const file = (name: string, bytes: number) => ({
  Name: name,
  ContentType: "text/plain",
  Content: btoa("x".repeat(bytes)),
});

it("counts the bytes, not the letters of base64", () => {
  expect([0, 1, 2, 3, 1000].map((n) => bytesOf(file("a", n)))).toEqual([0, 1, 2, 3, 1000]);
});

const uploaded = (id: string, bytes: number) => ({
  Name: `${id}.png`,
  ContentType: "image/png",
  file_id: id,
  ContentLength: bytes,
});

it("says before uploading what is too much", () => {
  const half = uploaded("half", 12_500_000);
  const one = { name: "a.zip", size: 12_500_000 };
  expect(whyNot([{ name: "a.zip", size: 26_000_000 }], [])).toMatch(/“a.zip” has 26 MB, and a/);
  expect(whyNot([one], [half])).toBeNull();
  expect(whyNot([one], [half, file("b", 1)])).toMatch(/12.5 MB are attached/);
  expect(whyNot([one], [], [one, { name: "b", size: 1 }])).toMatch(/takes 25 MB in all/);
  expect(whyNot([{ name: "a", size: 0 }], [])).toMatch(/empty, or a folder/);
  expect(whyNot([{ name: "a", size: 1 }], Array(19).fill(file("b", 1)), [one])).toMatch(
    /at most 20/,
  );
  expect(whyNot([{ name: "a", size: 1 }], Array(19).fill(file("b", 1)))).toBeNull();
});

it("gives names that the server takes", () => {
  expect(cleanName("../a\\b\n.txt")).toBe(".._a_b_.txt");
  expect(cleanName("")).toBe("file");
});

it("drops pictures that are no longer in the text", () => {
  const [one, two] = [
    { ...file("a", 1), ContentID: "one" },
    { ...file("b", 1), ContentID: "two" },
  ];
  expect(withoutUnused([one, two, file("c", 1)], '<img src="cid:two">')).toHaveLength(2);
});

it("writes sizes short", () => {
  expect([0, 999, 1000, 740_000, 1_500_000, 25_000_000].map(sizeInWords)).toEqual([
    "0 B",
    "999 B",
    "1 KB",
    "740 KB",
    "1.5 MB",
    "25 MB",
  ]);
});

it("sends the ids alone, and the bytes of what was kept before", () => {
  const old = file("old.txt", 3);
  const files = [{ ...uploaded("one", 5), ContentID: "c" }, old];
  expect(filesToSend(files)).toEqual([
    {
      Name: "one.png",
      ContentType: "image/png",
      ContentLength: "",
      ContentID: "c",
      file_id: "one",
    },
    { Name: "old.txt", ContentType: "text/plain", ContentLength: "", Content: old.Content },
  ]);
});

it("reads both from what the server, or the browser, kept", () => {
  const raw = [{ ...uploaded("one", 5), ContentLength: "5" }, file("old.txt", 3), { Name: "x" }];
  expect(readText({ attachments: raw }).files).toEqual([uploaded("one", 5), file("old.txt", 3)]);
});

it("marks the files that the server has no longer, and leaves them out", () => {
  const files = [{ ...uploaded("gone", 1), isGone: true }, uploaded("one", 1), uploaded("two", 1)];
  const issue = "attachments.1.file_id: there is no such outgoing file in this workspace";
  const marked = markGone(new ApiError(400, "validation_failed", "", [issue]), files);
  expect(marked?.map((one) => one.isGone === true)).toEqual([true, false, true]);
  expect(filesToSend(marked ?? []).map((one) => one.file_id)).toEqual(["one"]);
  expect(markGone(new ApiError(400, "validation_failed", "", ["html: no"]), files)).toBeNull();
  expect(pictureOf(files[0] as (typeof files)[0])).toBeNull();
});

it("knows a picture of the text that is not among the files", () => {
  const html = '<p><img alt="" src="cid:one"></p>';
  expect(lacksPicture([], html)).toBe(true);
  expect(lacksPicture([{ ...uploaded("f", 1), ContentID: "one" }], html)).toBe(false);
  expect(withoutPicture(html, "two")).toBe(html);
  expect(withoutPicture(html, "one")).toBe("<p></p>");
});
