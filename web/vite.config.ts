import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  // The server puts the nonce of each answer in its place.
  html: { cspNonce: "looplane-nonce" },
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    outDir: "dist",
    assetsDir: "assets",
    // The policy of the server lets no data: scripts and few data: images through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // In kilobytes: the largest is of pictures, and comes once the page rests.
    chunkSizeWarningLimit: 700,
    target: "es2023",
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: "react",
              test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/,
              priority: 20,
            },
            { name: "tanstack", test: /node_modules[\\/]@tanstack[\\/]/, priority: 10 },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": {
        target: process.env["LOOPLANE_URL"] ?? "http://127.0.0.1:8000",
        changeOrigin: false,
      },
    },
  },
  preview: {
    host: "127.0.0.1",
    proxy: {
      "/api": {
        target: process.env["LOOPLANE_URL"] ?? "http://127.0.0.1:8000",
        changeOrigin: false,
      },
    },
  },
  test: {
    environment: "jsdom",
    // A new DOM for each file takes four times as long as all the tests.
    isolate: false,
    // One with a summer time, and the same wherever the tests run.
    env: { TZ: "Europe/Berlin" },
    unstubGlobals: true,
    // Counted by the clock of a machine that does other work too.
    testTimeout: 30_000,
    setupFiles: "src/test-setup.ts",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
