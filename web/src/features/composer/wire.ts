import type { components } from "@/api/schema";
import type { Attached } from "./attachments";
import type { Person } from "./people";

type Schemas = components["schemas"];

/** People as the server takes them. */
export const peopleToSend = (people: readonly Person[]): Schemas["Recipient"][] =>
  people.map(({ email, name }) => ({ email, name, mailboxHash: "" }));

/** Files as the server takes them; it counts their length itself. */
export const filesToSend = (files: readonly Attached[]): Schemas["Attachment"][] =>
  files.map((file) => ({ ...file, ContentLength: "" }));
