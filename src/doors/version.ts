import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './settings.ts';

const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };

export const version: string = manifest.version;
