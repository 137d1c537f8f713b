import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];
const executablePath = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find(existsSync);
const port = Number(process.env["LOOPLANE_WEB_PORT"] ?? 4173);

export default defineConfig({
  testDir: "e2e",
  workers: 1,
  outputDir: "test-results",
  reporter: "list",
  use: {
    baseURL: process.env["LOOPLANE_WEB_URL"] ?? `http://127.0.0.1:${port}`,
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] },
    locale: "en-GB",
    timezoneId: "UTC",
  },
  ...(process.env["LOOPLANE_WEB_URL"]
    ? {}
    : {
        webServer: {
          command: `npx vite preview --port ${port} --strictPort`,
          port,
          reuseExistingServer: true,
        },
      }),
});
