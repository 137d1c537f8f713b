import { useEffect } from "react";
import { useStored } from "./stored";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_NAMES: Readonly<Record<Theme, string>> = {
  system: "As the system",
  light: "Light",
  dark: "Dark",
};

/** The theme of this browser. public/theme.js sets it before the first paint. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [stored, set] = useStored("theme", "system");
  const theme = THEMES.find((known) => known === stored) ?? "system";
  useEffect(() => {
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return [theme, set];
}
