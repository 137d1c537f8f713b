import { expect, it } from "vitest";
import { safeLink } from "./links";

it.each([
  ["https://app.intercom.example/a/1?x=2#y", "https://app.intercom.example/a/1?x=2#y"],
  [" http://zendesk.example/agent/tickets/12 ", "http://zendesk.example/agent/tickets/12"],
])("opens %s", (text, link) => expect(safeLink(text)).toBe(link));

it.each([
  "javascript:alert(1)",
  " JaVaScRiPt:alert(1)",
  "data:text/html,<script>",
  "https://good.example@bad.example/",
  "https://",
  "//elsewhere.example",
  "12345",
  "",
  "ftp://files.example/x",
  "https:/\\[",
])("never opens %s", (text) => expect(safeLink(text)).toBeNull());
