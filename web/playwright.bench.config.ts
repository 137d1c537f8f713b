import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser";

export default defineConfig({
  testDir: "bench",
  testMatch: "*.bench.ts",
  workers: 1,
  outputDir: "test-results",
  reporter: "line",
  // It is slow because it measures much.
  reportSlowTests: null,
  use: { launchOptions: findBrowser() },
});
