import { expect, it } from "vitest";
import { StreamParser } from "./event-stream";

it("gives out whole messages alone, however the stream is cut", () => {
  const parser = new StreamParser();
  expect(parser.push("id: 1\nevent: thread.upd")).toEqual([]);
  expect(parser.push('ated\ndata: {"a":1}\n\n: heartbeat\n\nid: 2\n\nid: 3\nda')).toEqual([
    { id: "1", event: "thread.updated", data: '{"a":1}' },
    { id: "2", event: null, data: null },
  ]);
});

it("joins lines of data, and takes the line ends of Windows", () => {
  expect(new StreamParser().push("data: a\r\ndata: b\r\n\r\n")).toEqual([
    { id: null, event: null, data: "a\nb" },
  ]);
});
