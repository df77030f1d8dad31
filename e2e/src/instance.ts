import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@ledgerline/local-servers';
import { type RunningServices, type ServiceName, startServices } from '../../scripts/services.mjs';
import { ask } from './http.js';
import type { Shop } from './shop.js';

/** One more process of a service of a shop, with a data directory of its own. */
export class Instance {
  private constructor(
    readonly name: ServiceName,
    readonly url: string,
    private readonly running: RunningServices,
    private readonly directory: string,
  ) {}

  /** With other settings where there are some; resolves when it is ready. */
  static async start(
    shop: Shop,
    name: ServiceName,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Instance> {
    const directory = await mkdtemp(join(tmpdir(), 'ledgerline-e2e-instance-'));
    const [port] = await freePorts(1);
    const variable = `${name.replace('-', '_').toUpperCase()}_PORT`;
    const env = { ...shop.env, ...settings, DATA_DIR: directory, [variable]: `${port}` };
    const onLog = (_: string, line: string): void => void shop.log.push(`${name} on ${port}: ${line}`);
    const running = startServices({ env, only: [name], onLog });
    const instance = new Instance(name, `http://127.0.0.1:${port}`, running, directory);
    try {
      await running.ready();
    } catch (error) {
      await instance.close();
      throw new Error(`${name} did not start:\n${shop.log.join('\n')}`, { cause: error });
    }
    return instance;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.running.kill(this.name, signal)) throw new Error(`${this.name} does not run`);
  }

  /** Ends it as a crash does; resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.running.firstEnd;
  }

  /** Ends it as an operator does; answers how it ended. */
  async end(): Promise<{ readonly code: number | null }> {
    this.signal('SIGTERM');
    return await this.running.firstEnd;
  }

  async close(): Promise<void> {
    this.running.kill(this.name, 'SIGCONT');
    await this.running.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The partitions that the instance at this URL is the preferred writer of. */
export const preferredAt = async (url: string): Promise<readonly number[]> => {
  const { text } = await ask(`GET ${url}/metrics`);
  return [...text.matchAll(/^ledgerline_partition_preferred\{.*partition="(\d+)".*\} 1$/gm)].map(([, one]) =>
    Number(one),
  );
};
