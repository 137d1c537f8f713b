import type { components } from "@/api/schema";
import type { Mode } from "@/api/unsent";
import type { Attached } from "./attachments";
import type { Person } from "./people";
import type { Text } from "./unsent-text";

type Schemas = components["schemas"];

/** People as the server takes them. */
export const peopleToSend = (people: readonly Person[]): Schemas["Recipient"][] =>
  people.map(({ email, name }) => ({ email, name, mailboxHash: "" }));

/** Files as the server takes them; it counts their length itself. */
export const filesToSend = (files: readonly Attached[]): Schemas["OutgoingAttachment"][] =>
  files
    .filter((file) => !file.isGone)
    .map(({ Name, ContentType, ContentID, Content, file_id }) => ({
      Name,
      ContentType,
      ContentLength: "",
      ...(ContentID && { ContentID }),
      ...(file_id === undefined ? { Content: Content ?? "" } : { file_id }),
    }));

/** All of a text as the server keeps it; of a comment only the words. */
export const textToSend = (text: Text, mode: Mode) =>
  mode === "comment"
    ? { html: text.html, cc: [], bcc: [], attachments: [], ai_draft_generated_at: null }
    : {
        html: text.html,
        cc: peopleToSend(text.cc),
        bcc: peopleToSend(text.bcc),
        attachments: filesToSend(text.files),
        ai_draft_generated_at: text.draftAt,
      };
