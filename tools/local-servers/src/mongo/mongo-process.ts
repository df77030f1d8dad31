import { javaProgram } from '../java.js';
import { GuardedProcess } from '../processes/guarded-process.js';
import { type MongoHome } from './mongo-home.js';
import { mongoReady } from './mongo-ready.js';
import { mongoUri } from './mongo-uri.js';

/** A running server of MongoDB's protocol, to be used and to be hurt. */
export class MongoProcess {
  #process: GuardedProcess | undefined;

  private constructor(
    private readonly home: MongoHome,
    /** Where it listens on 127.0.0.1. */
    readonly port: number,
  ) {}

  static async start(home: MongoHome, port: number): Promise<MongoProcess> {
    const mongo = new MongoProcess(home, port);
    await mongo.restart();
    return mongo;
  }

  get uri(): string {
    return mongoUri(this.port);
  }

  /** Ends it as a crash does; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Halts it with all its connections open. */
  stop(): void {
    this.#process?.send('SIGSTOP');
  }

  /** Lets it go on when it was halted. */
  cont(): void {
    this.#process?.send('SIGCONT');
  }

  /** Starts it again on what it had, killing it before if it runs; resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const { home, port } = this;
    const child = new GuardedProcess({
      program: javaProgram('java'),
      args: home.javaArguments(port),
      log: home.log,
    });
    this.#process = child;
    try {
      await mongoReady({ home, port, isRunning: () => child.isRunning });
    } catch (error) {
      await child.kill();
      throw error;
    }
  }

  /** Ends it, also when it is halted; resolves when it is gone. Safe to repeat. */
  async close(): Promise<void> {
    await this.kill();
  }
}
