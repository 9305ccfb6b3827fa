// Runs a TypeScript tool of this folder in Node: `node tools/run.mjs document-clients '{"…": …}'`.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const server = await createServer({
  root,
  configFile: false,
  appType: "custom",
  logLevel: "error",
  optimizeDeps: { noDiscovery: true },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
const [, , tool, options = "{}"] = process.argv;
const { run } = await server.ssrLoadModule(`/tools/${tool}.ts`);
await run(JSON.parse(options));
await server.close();
// What was told last must have left the process.
process.stdout.write("", () => process.exit(0));
