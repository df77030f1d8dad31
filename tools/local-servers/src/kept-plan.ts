import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ZodType } from 'zod';
import { ServersError } from './servers.error.js';

/** What a server has to be started with again: its ports, and what else it is known by. */
export class KeptPlan<Plan> {
  readonly #file: string;

  constructor(
    private readonly directory: string,
    private readonly schema: ZodType<Plan>,
  ) {
    this.#file = join(directory, 'plan.json');
  }

  /** Undefined where there is none. @throws ServersError `plan-unreadable` */
  async read(): Promise<Plan | undefined> {
    if (!existsSync(this.#file)) return undefined;
    try {
      return this.schema.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      throw new ServersError(
        'plan-unreadable',
        `${this.#file} is damaged: end what runs there with \`servers:down --wipe\``,
        {
          cause: error,
        },
      );
    }
  }

  /** Whole or not at all. */
  async keep(plan: Plan): Promise<Plan> {
    await mkdir(this.directory, { recursive: true });
    const written = `${this.#file}.unfinished`;
    await writeFile(written, JSON.stringify(plan, null, 2));
    await rename(written, this.#file);
    return plan;
  }
}
