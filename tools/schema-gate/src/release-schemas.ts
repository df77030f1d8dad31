import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { releaseSchemas } from './gate.js';
import { runGate } from './run-gate.js';

const { values } = parseArgs({ options: { release: { type: 'string' } } });

const workspace = z.object({ version: z.string() });
const release = values.release ?? workspace.parse(JSON.parse(readFileSync('package.json', 'utf8'))).version;

runGate((gate) => releaseSchemas(gate, release));
