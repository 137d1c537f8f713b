import { useNavigate } from "@tanstack/react-router";
import { Building2, Layers, MessageSquare, Settings, UserRound } from "lucide-react";
import { useLoadedThreads } from "@/api/recent-threads";
import type { Thread } from "@/api/types";
import { useViews } from "@/api/views";
import { type Action, useActions } from "@/lib/actions";
import { firstWords } from "@/lib/first-words";
import { fuzzyFind } from "@/lib/fuzzy";
import { SETTINGS_PAGES } from "@/lib/settings-pages";
import { type PaletteItem, textOf } from "./palette-items";
import { type People, usePeople } from "./use-found";

const NEEDS = { thread: "Needs a thread", composer: "In the composer", always: "Not here" };
const icon = { size: 16, "aria-hidden": true } as const;

const ofAction = (action: Action): PaletteItem => ({
  id: action.id,
  group: "Actions",
  label: action.label,
  text: `${action.label} ${action.group}`,
  keys: action.keys,
  needs: action.isEnabled ? undefined : NEEDS[action.when],
  run: action.run,
});

function useThreadItems(words: string, limit: number): PaletteItem[] {
  const navigate = useNavigate();
  const threads = useLoadedThreads();
  const titleOf = (thread: Thread): string => thread.title ?? (firstWords(thread.text) || "Thread");
  const whose = (thread: Thread): string => thread.contact?.name ?? thread.contact?.email ?? "";
  const text = (thread: Thread): string =>
    `${titleOf(thread)} ${whose(thread)} ${thread.contact?.email ?? ""}`;
  return fuzzyFind(words, threads, text, limit).map((thread) => ({
    id: thread.id,
    group: words.trim() === "" ? "Recent threads" : "Threads that are loaded",
    label: titleOf(thread),
    detail: whose(thread),
    icon: <MessageSquare {...icon} />,
    run: () =>
      void navigate({
        to: "/inbox/$view/$threadId",
        params: { view: "open", threadId: thread.id },
      }),
  }));
}

function usePeopleItems({ contacts, companies }: People): PaletteItem[] {
  const navigate = useNavigate();
  return [
    ...contacts.slice(0, 6).map((contact) => ({
      id: contact.id,
      group: "Contacts",
      label: contact.name ?? contact.email,
      detail: contact.name === null ? undefined : contact.email,
      icon: <UserRound {...icon} />,
      run: () => void navigate({ to: "/contacts/$id", params: { id: contact.id } }),
    })),
    ...companies.slice(0, 6).map((company) => ({
      id: company.id,
      group: "Companies",
      label: company.name,
      icon: <Building2 {...icon} />,
      run: () => void navigate({ to: "/companies/$id", params: { id: company.id } }),
    })),
  ];
}

/** What the words name, group by group. */
export function usePaletteItems(words: string, isSearch: boolean) {
  const navigate = useNavigate();
  const actions = useActions().filter(({ id }) => id !== "palette");
  const { data: views = [] } = useViews();
  const people = usePeople(words);
  const threadItems = useThreadItems(words, isSearch ? 12 : 5);
  const peopleItems = usePeopleItems(people);
  if (isSearch) return { items: [...threadItems, ...peopleItems], people };

  const ofViews = views.map((view) => ({
    id: view.id,
    group: "Views",
    label: view.name,
    icon: <Layers {...icon} />,
    run: () => void navigate({ to: "/inbox/$view", params: { view: view.id } }),
  }));
  const ofSettings = SETTINGS_PAGES.map(({ page, label }) => ({
    id: page,
    group: "Settings",
    label,
    text: `Settings ${label}`,
    icon: <Settings {...icon} />,
    run: () => void navigate({ to: "/settings/$page", params: { page } }),
  }));
  const found = fuzzyFind<PaletteItem>(words, actions.map(ofAction), textOf);
  // What can be done now stands before what cannot.
  const ready = found.filter(({ needs }) => needs === undefined);
  const asleep = found.filter(({ needs }) => needs !== undefined);
  const items = [
    ...ready,
    ...fuzzyFind<PaletteItem>(words, ofViews, textOf),
    ...threadItems,
    ...peopleItems,
    ...fuzzyFind<PaletteItem>(words, ofSettings, textOf),
    ...asleep.map((item) => ({ ...item, group: "Actions for later" })),
  ];
  return { items, people };
}
