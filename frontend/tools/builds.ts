/** What is built beside the pages: each a build of its own, since it runs without them. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, type InlineConfig, type Plugin } from "vite";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = join(ROOT, "src");
const DIST = join(ROOT, "dist");
const ALONE: InlineConfig = { configFile: false, publicDir: false, logLevel: "warn" };

/**
 * The page in OBS shares no file with the others: one that is shared has in it what any page needs of Svelte, and that
 * is a third more than an overlay does.
 */
const overlay = (mode: string): InlineConfig => ({
  ...ALONE,
  mode,
  base: "/static/",
  plugins: [svelte({ configFile: false }), lighterClient()],
  build: {
    emptyOutDir: false,
    manifest: "overlay-manifest.json",
    // The server says in the page which widgets are on it (`manifest.py`): no list of files in the script, and one sheet.
    modulePreload: false,
    cssCodeSplit: false,
    sourcemap: mode === "development",
    rolldownOptions: {
      input: ["src/widgets/overlay.ts"],
      // What widgets share is one file beside the page's own: a card waits for three files, not for six.
      output: { codeSplitting: { groups: [{ name: "shared", test: /^(?!.*Guides)/, minShareCount: 2 }] } },
    },
  },
});

/** A service worker is one plain file under a fixed name: no imports, since not every browser loads those there. */
const worker = (entry: string, name: string): InlineConfig => ({
  ...ALONE,
  build: {
    emptyOutDir: false,
    lib: { entry, formats: ["iife"], name: "worker", fileName: () => name },
  },
});

export function besides(mode: string): Plugin {
  return {
    name: "besides",
    apply: "build",
    async buildStart() {
      // A watching build would sleep through a change of what only the others read.
      for (const file of await readdir(SOURCES, { recursive: true })) this.addWatchFile(join(SOURCES, file));
    },
    async closeBundle() {
      await build(overlay(mode));
      await build(worker("src/offline/worker.ts", "sw.js"));
      await build(worker("src/offline/overlay-worker.ts", "overlay-sw.js"));
      if (mode !== "development") await pack(join(DIST, "assets"));
    },
  };
}

/** Of the client: what is never used in an overlay, and what stands in for it. */
const UNUSED: Readonly<Record<string, string>> = {
  "./ajax": "src/live/phoenix-address.ts",
  "./longpoll": "\0no-long-poll",
  "./serializer": "src/live/phoenix-frames.ts",
};

/** The official client from its own sources, without a tenth of the page's weight: long polling and binary frames. */
function lighterClient(): Plugin {
  const client = join(ROOT, "node_modules/phoenix/assets/js/phoenix/index.js");
  return {
    name: "lighter-client",
    enforce: "pre",
    resolveId(source, importer) {
      if (source === "phoenix") return client;
      const instead = importer?.includes("/phoenix/assets/") ? UNUSED[source] : undefined;
      return instead?.startsWith("src/") ? join(ROOT, instead) : instead;
    },
    load: (id) => (id === UNUSED["./longpoll"] ? "export default class {}" : undefined),
  };
}

/** Bytes of a file that gains something by being packed. */
const WORTH_IT = 600;

/** Each file once more as it is sent, packed beforehand; the server takes the one that a browser can read. */
async function pack(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => /\.(?:js|css|svg)$/.test(name));
  await Promise.all(files.map((name) => packOne(join(folder, name))));
}

async function packOne(path: string): Promise<void> {
  const plain = await readFile(path);
  if (plain.length < WORTH_IT) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(plain, { params }));
  // Over plain http, as in a studio's own network, a browser reads this one only.
  await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }));
}
