import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser";

export default defineConfig({
  testDir: "e2e",
  // Each worker has a server of its own.
  workers: Number(process.env["LOOPLANE_E2E_WORKERS"] ?? 1),
  // A browser and a server on a machine that does other work too: a second failure is one, and
  // what passes then is told as flaky.
  retries: process.env["CI"] ? 1 : 0,
  outputDir: "test-results",
  reporter: "list",
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env["CI"] !== undefined,
  use: {
    launchOptions: findBrowser(),
    contextOptions: {
      viewport: { width: 1440, height: 900 },
      locale: "en-GB",
      timezoneId: "UTC",
      reducedMotion: "reduce",
    },
    locale: "en-GB",
    timezoneId: "UTC",
    // To record each step takes its time; what failed is tried again, and recorded then.
    trace: process.env["CI"] ? "on-first-retry" : "retain-on-failure",
  },
});
