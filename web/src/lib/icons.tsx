import type { LucideIcon } from "lucide-react";
import { createElement, useEffect, useState } from "react";

type Icons = Readonly<Record<string, LucideIcon | undefined>>;

let icons: Icons | null = null;
let loadingCommon: Promise<Icons> | null = null;
let loadingAll: Promise<Icons> | null = null;

// No row waits for its picture. Those that tags usually have come first; all there are make a large
// file, which is asked for where another one is named, once the page has come to rest.
const REST_MS = 2_000;
const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, REST_MS));
const loadIcons = (name: string): Promise<Icons> => {
  loadingCommon ??= import("./common-icons").then((module) => (icons ??= module));
  return loadingCommon.then((common) => {
    if (find(common, name)) return icons ?? common;
    loadingAll ??= rest()
      .then(() => import("./all-icons"))
      .then((module) => (icons = module.icons));
    return loadingAll;
  });
};

// Tags carry names of another set. What is called otherwise here:
const NEAR: Readonly<Record<string, string>> = {
  Notepad: "NotepadText",
  Gear: "Settings",
  Gears: "Cog",
  Magnifier: "Search",
  Envelope: "Mail",
  Bin: "Trash2",
  Home: "House",
  Alarm: "AlarmClock",
  Warning: "TriangleAlert",
  CircleWarning: "CircleAlert",
  Lightbulb: "Lightbulb",
  Chart: "ChartColumn",
  ChartBar: "ChartBar",
  ChartLine: "ChartLine",
  ChartPie: "ChartPie",
  CreditCard: "CreditCard",
  Money: "Banknote",
  Cart: "ShoppingCart",
  Chat: "MessageSquare",
  Chats: "MessagesSquare",
  Document: "File",
  Documents: "Files",
  Picture: "Image",
  Paperplane: "Send",
  PaperPlane: "Send",
  Pen: "Pen",
  PenWriting: "PenLine",
  Person: "User",
  People: "Users",
  Office: "Building2",
  Company: "Building2",
  Code: "Code",
  Bolt: "Zap",
  Lightning: "Zap",
  Fire: "Flame",
  Love: "Heart",
  Ruler: "Ruler",
  Web: "Globe",
  Wifi: "Wifi",
  Clock: "Clock",
  CircleQuestion: "CircleHelp",
  CircleInfo: "Info",
  ThumbUp: "ThumbsUp",
  ThumbDown: "ThumbsDown",
  Mobile: "Smartphone",
  Monitor: "Monitor",
  Puzzle: "Puzzle",
};

// A tag may be called "constructor", which every object has and no picture is.
const own = <Value,>(of: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(of, name) ? of[name] : undefined;

function find(all: Icons, name: string): LucideIcon | null {
  const plain = name.replace(/(Outline|Fill|Duo|\d+)$/, "");
  for (const each of [name, own(NEAR, name), plain, own(NEAR, plain)]) {
    const icon = each === undefined ? undefined : own(all, each);
    if (icon) return icon;
  }
  return null;
}

/** Whether a name in PascalCase has a picture; null until that is known, and where it has none. */
export function useIcon(name: string | null | undefined): LucideIcon | null {
  const [all, setAll] = useState(icons);
  useEffect(() => {
    if (!name || (all && find(all, name))) return;
    let isThere = true;
    void loadIcons(name).then(
      (loaded) => isThere && setAll(loaded),
      () => undefined,
    );
    return () => {
      isThere = false;
    };
  }, [name, all]);
  return all && name ? find(all, name) : null;
}

/** The picture of a tag, or the first letter of what it is called. Decoration: say the name too. */
export function NamedIcon({
  name,
  label,
  size = 16,
}: {
  name: string | null | undefined;
  label: string;
  size?: number;
}) {
  const found = useIcon(name);
  if (found) return createElement(found, { size, "aria-hidden": true });
  return <span aria-hidden>{[...label.trim()][0]?.toUpperCase() ?? "?"}</span>;
}
