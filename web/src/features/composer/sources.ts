import { safeLink } from "@/lib/links";

/** What the AI consulted for a draft, as far as it can be understood. */
export interface Source {
  type: string;
  title: string;
  identifier: string | null;
  /** Only an address of the web; null where there is none. */
  url: string | null;
  /** There was an address that is none of the web, and is not followed. */
  isRefused: boolean;
}

const word = (value: unknown): string | null =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : null;

/** Reads sources, which programs send in any form. What has no title says its type. */
export function readSources(raw: readonly unknown[] | null): Source[] {
  return (raw ?? []).slice(0, 100).flatMap((one) => {
    if (typeof one !== "object" || one === null) return [];
    const said = one as Record<string, unknown>;
    const type = word(said["type"]) ?? "source";
    const address = word(said["url"]);
    const url = address === null ? null : safeLink(address);
    const identifier = word(said["identifier"]);
    const title = word(said["title"]) ?? identifier ?? type;
    return [{ type, title, identifier, url, isRefused: address !== null && url === null }];
  });
}
