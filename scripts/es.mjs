import { runBuilt } from './workspace.mjs';

await runBuilt('apps/cli/dist/main.js', ['apps/cli']);
