import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { besides } from "./tools/builds.ts";

export default defineConfig(({ mode }) => ({
  base: "/static/",
  plugins: [svelte({ configFile: false }), besides(mode)],
  // Vitest runs in Node; without this Svelte would load its server half and runes would not react.
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  build: {
    manifest: "manifest.json",
    sourcemap: mode === "development",
    rollupOptions: { input: ["src/main.ts"] },
  },
  test: { include: ["src/**/*.test.ts"] },
}));
