import type { QueryClient } from "@tanstack/react-query";
import { askAtOnce } from "./ask-at-once";
import { doubtThread, patchThreads, putThread, readTruth, removeThread } from "./cache";
import { keys } from "./keys";
import { placeThreads } from "./list-writes";
import { wantLoops } from "./loops";
import { fieldValue, type PatchField } from "./thread-fields";
import type { Company, Contact, FeedEvent, Thread } from "./types";

const LISTS: Record<string, string> = {
  company: "companies",
  member: "members",
  invite: "invites",
};
const DECIDE: PatchField[] = ["status", "assignee_id", "tag_ids", "pain_level", "company_id"];

/** Whether a list or a count may be another by a change, so that titles and drafts cost nothing. */
function movesRows(before: Thread | undefined, after: Thread): boolean {
  return (
    !before ||
    before.tab !== after.tab ||
    before.is_read !== after.is_read ||
    before.last_inbound_message_at !== after.last_inbound_message_at ||
    before.last_outbound_message_at !== after.last_outbound_message_at ||
    DECIDE.some((field) => fieldValue(before, field) !== fieldValue(after, field))
  );
}

/** Writes an event into the cache and the lists; true where counts are stale by it. */
export function applyEvent(client: QueryClient, event: FeedEvent): boolean {
  const [noun = "", verb = ""] = event.type.split(".");
  if (noun === "thread") return applyThread(client, event, verb);
  if (["message", "comment", "customer_need"].includes(noun)) {
    const thread = event.history_of;
    const list = noun === "message" ? keys.messages(thread) : keys.comments(thread);
    askAtOnce(client, list);
    askAtOnce(client, keys.threadEvents(thread));
    if (noun !== "comment") doubtThread(client, thread);
    return noun === "message";
  }
  if (event.data && noun === "contact") {
    const contact = event.data as unknown as Contact;
    client.setQueryData(keys.contact(contact.id), contact);
    patchThreads(client, (t) => (t.contact?.id === contact.id ? { ...t, contact } : t));
  }
  if (event.data && noun === "company") {
    const company = event.data as unknown as Company;
    client.setQueryData(keys.company(company.id), company);
    patchThreads(client, (t) => (t.company?.id === company.id ? { ...t, company } : t));
  }
  askAtOnce(client, [LISTS[noun] ?? `${noun}s`]);
  return false;
}

function applyThread(client: QueryClient, event: FeedEvent, verb: string): boolean {
  if (verb === "deleted") {
    removeThread(client, event.subject_id);
    return true;
  }
  askAtOnce(client, keys.threadEvents(event.subject_id));
  if (!event.data) {
    doubtThread(client, event.subject_id);
    return true;
  }
  const thread = event.data as unknown as Thread;
  const before = readTruth(client, thread.id);
  putThread(client, thread, event.version);
  const moves = movesRows(before, thread);
  if (moves) {
    placeThreads(client, [thread.id]);
    wantLoops(client, [thread]);
  }
  return moves;
}
