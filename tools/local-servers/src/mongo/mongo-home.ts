import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../java/MongoProtocolServer.java', import.meta.url));

/** The folder of one server: its program, what it prints, and its documents. */
export class MongoHome {
  readonly log: string;
  readonly #program: string;
  readonly #data: string;

  constructor(
    readonly directory: string,
    private readonly jars = '',
  ) {
    this.log = join(directory, 'mongo.log');
    this.#program = join(directory, 'MongoProtocolServer.java');
    this.#data = join(directory, 'data.mv');
  }

  /** The end of the command line of the server that lives here, and of nothing else. */
  get lastArguments(): readonly string[] {
    return [this.#program, this.#data];
  }

  /** What `java` has to be given to run the server. */
  javaArguments(port: number): readonly string[] {
    return ['-Xmx256m', `-Dport=${port}`, '-cp', join(this.jars, '*'), ...this.lastArguments];
  }

  /** Puts the program in its place. */
  async prepare(): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await copyFile(SOURCE, this.#program);
  }
}
