import { runBuilt } from './workspace.mjs';

await runBuilt('tools/local-servers/dist/main.js', ['tools/local-servers']);
