import { fileURLToPath } from 'node:url';
import { build } from 'vite';

// Run as a process of its own by buildWeb: `node build.ts OUT_DIR`.
const [outDir] = process.argv.slice(2);
if (outDir === undefined) throw new Error('name the folder to build into');

process.env['NODE_ENV'] = 'production';
const web = fileURLToPath(new URL('../../../web/', import.meta.url));

try {
  await build({
    root: web,
    configFile: `${web}vite.config.ts`,
    configLoader: 'native',
    logLevel: 'error',
    build: { outDir, emptyOutDir: true },
  });
} catch (fault) {
  process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exit(1);
}
