import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const condition = z.object({ condition: z.string() });
const service = z.object({
  image: z.string(),
  profiles: z.array(z.string()).optional(),
  environment: z.record(z.string(), scalar).default({}),
  depends_on: z.record(z.string(), condition).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  command: z.union([z.string(), z.array(z.string())]).nullish(),
});
const composed = z.object({ services: z.record(z.string(), service) });

export type Composed = z.output<typeof composed>;

// Debian's docker-compose, or the plugin that has taken its place.
const COMMANDS = [['docker-compose'], ['docker', 'compose']];

/** The command that reads compose files on this machine; undefined where there is none. */
export const composeCommand = (): readonly string[] | undefined =>
  COMMANDS.find(([program = '', ...args]) => spawnSync(program, [...args, 'version']).status === 0);

/** docker-compose.yml as Docker Compose itself understands it. */
export const composedBy = ([program = '', ...args]: readonly string[], envFile?: string): Composed => {
  // None of the developer's own variables: they would end up in the containers.
  const { PATH, HOME } = process.env;
  const file = envFile === undefined ? [] : ['--env-file', envFile];
  const { status, stdout, stderr } = spawnSync(program, [...args, '--profile', 'three-brokers', ...file, 'config'], {
    cwd: ROOT,
    env: { PATH, HOME },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`docker-compose.yml is refused: ${stderr}`);
  return composed.parse(parse(stdout));
};
