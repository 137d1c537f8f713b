import type { Thread } from "@/api/types";

export interface Person {
  email: string;
  name: string;
}

type Channel = "email" | "slack" | "live_chat" | "teams";

const CHANNELS: Readonly<Record<string, Channel>> = {
  slack: "slack",
  slack_connect: "slack",
  live_chat: "live_chat",
  widget: "live_chat",
  ai_chat: "live_chat",
  teams: "teams",
};
const WORDS: Readonly<Record<Channel, string>> = {
  email: "by mail",
  slack: "in Slack",
  live_chat: "in the chat",
  teams: "in Teams",
};

/** Where an answer to a thread of this origin goes. */
function channelOf(origin: string): Channel {
  return CHANNELS[origin] ?? "email";
}

export interface Recipient {
  channel: Channel;
  /** As the button says it: the address of a mail, else the name and the place. */
  label: string | null;
  /** Why it cannot be answered at all. */
  problem: string | null;
}

export function recipientOf(
  thread: Pick<Thread, "origin" | "contact" | "external_ids">,
): Recipient {
  const channel = channelOf(thread.origin);
  const { contact } = thread;
  if (channel === "email") {
    return contact?.email
      ? { channel, label: contact.email, problem: null }
      : {
          channel,
          label: null,
          problem: "This thread has no contact to mail to. Choose one in the details, then answer.",
        };
  }
  const who = contact?.name ?? contact?.email ?? "them";
  return { channel, label: `${who} ${WORDS[channel]}`, problem: null };
}

const LOCAL = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*";
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const ADDRESS = new RegExp(`^${LOCAL}@${LABEL}(?:\\.${LABEL})+$`, "i");

export function isAddress(text: string): boolean {
  return text.length <= 254 && ADDRESS.test(text);
}

/** Reads `ada@firm.example` and `Ada Lovelace <ada@firm.example>`; null for what is neither. */
export function readPerson(text: string): Person | null {
  const named = /^\s*"?([^"<>]*?)"?\s*<\s*([^<>\s]+)\s*>\s*$/.exec(text);
  const email = (named?.[2] ?? text).trim();
  if (!isAddress(email)) return null;
  return { email, name: (named?.[1] ?? "").trim().slice(0, 255) };
}

/** Reads what was typed or pasted, which may be many; what is no address comes back as it was. */
export function readPeople(text: string): { people: Person[]; rest: string } {
  const people: Person[] = [];
  const rest: string[] = [];
  for (const part of text.split(/[,;\n\t]+/)) {
    if (part.trim() === "") continue;
    const person = readPerson(part);
    if (person) people.push(person);
    else if (/^(\s*\S+@\S+\s*){2,}$/.test(part)) {
      for (const word of part.trim().split(/\s+/)) {
        const one = readPerson(word);
        if (one) people.push(one);
        else rest.push(word);
      }
    } else rest.push(part.trim());
  }
  return { people, rest: rest.join(", ") };
}

/** Adds without doubling: an address counts once, whatever its capitals. */
export function addPeople(before: readonly Person[], more: readonly Person[]): Person[] {
  const all = [...before];
  for (const person of more) {
    const isThere = all.some((one) => one.email.toLowerCase() === person.email.toLowerCase());
    if (!isThere) all.push(person);
  }
  return all;
}
