import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The service worker is one plain file under a fixed name: no imports, since not every browser loads those there. */
function offlineWorker(): Plugin {
  return {
    name: "offline-worker",
    apply: "build",
    async closeBundle() {
      await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        build: {
          emptyOutDir: false,
          lib: { entry: "src/offline/worker.ts", formats: ["iife"], name: "worker", fileName: () => "sw.js" },
        },
      });
    },
  };
}

export default defineConfig(({ mode }) => ({
  base: "/static/",
  plugins: [svelte({ configFile: false }), offlineWorker()],
  // Vitest runs in Node; without this Svelte would load its server half and runes would not react.
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  build: {
    manifest: "manifest.json",
    sourcemap: mode === "development",
    rollupOptions: { input: ["src/main.ts", "src/widgets/overlay.ts"] },
  },
  test: { include: ["src/**/*.test.ts"] },
}));
