import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

/** How the system's browser is started; without one the tests say what to install. */
export function findBrowser(): { executablePath?: string; args: string[] } {
  const executablePath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(existsSync);
  if (executablePath === undefined) {
    console.error("Install chromium to run this: `make tools` does, as root.");
  }
  // What it lacks of a desktop would fill pages where a test fails; and root has no sandbox to go into.
  const args = ["--log-level=3", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  return { ...(executablePath ? { executablePath } : {}), args };
}
