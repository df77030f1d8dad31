import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { javaProgram } from '../java.js';
import { runProgram } from '../processes/run-program.js';
import { ServersError } from '../servers.error.js';
import { asProperties, type BrokerOptions, brokerSettings } from './broker-settings.js';

const LOG4J = `appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %-5p %c{1}: %m%n
rootLogger.level = INFO
rootLogger.appenderRef.out.ref = out
`;

/** A user that the brokers know from the beginning, for SCRAM. */
export interface User {
  readonly username: string;
  readonly password: string;
}

/** The folder of one broker: its settings, what it prints, and its records. */
export class BrokerHome {
  readonly log: string;
  readonly data: string;
  readonly #settings: string;
  readonly #log4j: string;

  constructor(
    readonly directory: string,
    private readonly jars: string,
  ) {
    this.log = join(directory, 'broker.log');
    this.data = join(directory, 'data');
    this.#settings = join(directory, 'server.properties');
    this.#log4j = join(directory, 'log4j2.properties');
  }

  /** The end of the command line of the broker that lives here, and of nothing else. */
  get lastArguments(): readonly string[] {
    return ['kafka.Kafka', this.#settings];
  }

  /** What `java` has to be given to run the broker. */
  get javaArguments(): readonly string[] {
    return ['-Xmx512m', ...this.#java(this.#log4j), ...this.lastArguments];
  }

  /** Writes the settings, and makes the place for the records when there is none. */
  async prepare(options: Omit<BrokerOptions, 'data'>, users: readonly User[] = []): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeFile(this.#log4j, LOG4J);
    await writeFile(this.#settings, asProperties(brokerSettings({ ...options, data: this.data })));
    if (!existsSync(this.data)) await this.#format(options, users);
  }

  /** Beside the place and then moved there, so that a kill half way leaves nothing that looks complete. */
  async #format(options: Omit<BrokerOptions, 'data'>, users: readonly User[]): Promise<void> {
    const unfinished = await mkdtemp(`${this.data}.`);
    const settings = join(unfinished, 'server.properties');
    const data = join(unfinished, 'data');
    try {
      await writeFile(settings, asProperties(brokerSettings({ ...options, data })));
      const scram = users.flatMap(({ username, password }) => [
        '--add-scram',
        `SCRAM-SHA-512=[name=${username},password=${password}]`,
      ]);
      const format = ['format', '-t', options.plan.clusterId, '-c', settings, ...scram];
      const { code, output } = await runProgram(javaProgram('java'), [
        ...['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'],
        ...[...this.#java(this.#log4j), 'kafka.tools.StorageTool', ...format],
      ]);
      if (code !== 0) throw new ServersError('format-failed', `Kafka could not format ${this.data}:\n${output}`);
      await rename(data, this.data);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }

  #java(log4j: string): string[] {
    return [`-Dlog4j2.configurationFile=${log4j}`, '-cp', join(this.jars, '*')];
  }
}
