import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser";

// Other tests run beside these there: what is to come may take longer.
const isCi = process.env["CI"] !== undefined;

export default defineConfig({
  testDir: "e2e",
  // Each worker has a server of its own.
  workers: Number(process.env["LOOPLANE_E2E_WORKERS"] ?? 1),
  // A browser and a server on a machine that does other work too: a second failure is one, and
  // what passes then is told as flaky.
  retries: isCi ? 1 : 0,
  outputDir: "test-results",
  reporter: "list",
  timeout: isCi ? 90_000 : 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: isCi,
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
    trace: isCi ? "on-first-retry" : "retain-on-failure",
  },
});
