import { formatNumber } from "@/lib/numbers";

/** How many there are beside one, as far as they are loaded: "3", "5+". */
export function countWords(
  pages: readonly { ids: readonly string[]; has_more: boolean }[] | undefined,
  except?: string,
): string {
  if (!pages) return "";
  const count = pages.flatMap((page) => page.ids).filter((id) => id !== except).length;
  if (count === 0) return "";
  return `${formatNumber(count)}${pages.at(-1)?.has_more ? "+" : ""}`;
}

/** Where a thread came from, from the name that the program has for it. */
export function originWords(origin: string): string {
  const known: Record<string, string> = {
    in_app: "The app",
    api: "The API",
    ai_chat: "AI chat",
    support_portal: "The support portal",
    portal: "The portal",
    hubspot: "HubSpot",
    slack_connect: "Slack Connect",
    teams: "Microsoft Teams",
  };
  const plain = origin.replaceAll("_", " ");
  return known[origin] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

const SYSTEMS: Record<string, string> = {
  hubspot: "HubSpot",
  slack_channel: "Slack channel",
};

export function systemWords(system: string): string {
  return SYSTEMS[system] ?? system.charAt(0).toUpperCase() + system.slice(1).replaceAll("_", " ");
}

/** A day with its time, as the language writes it: "25 Nov 2026, 23:07". */
export function dayWords(iso: string, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
}
