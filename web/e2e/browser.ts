import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** How the system's browser is started; without one the tests say what to install. */
export function findBrowser(): { executablePath?: string; args: string[] } {
  const executablePath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(existsSync);
  if (executablePath === undefined) {
    console.error("Install chromium to run this: `make tools` does, as root.");
  }
  // Root has no sandbox to go into.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { ...(executablePath ? { executablePath } : {}), args };
}
