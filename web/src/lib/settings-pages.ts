/** The pages of the settings, in their order. */
export const SETTINGS_PAGES = [
  { page: "profile", label: "Profile", group: "You" },
  { page: "security", label: "Security", group: "You" },
  { page: "appearance", label: "Appearance", group: "You" },
  { page: "keyboard", label: "Keyboard", group: "You" },
  { page: "members", label: "Members", group: "Workspace" },
  { page: "keys", label: "API keys", group: "Workspace" },
  { page: "tags", label: "Tags", group: "Workspace" },
  { page: "snippets", label: "Snippets", group: "Workspace" },
  { page: "views", label: "Views", group: "Workspace" },
] as const;

export type SettingsPageName = (typeof SETTINGS_PAGES)[number]["page"];
