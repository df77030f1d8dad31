export type ServerName = 'kafka' | 'mongo';

export interface UpOptions {
  /** Where this server keeps everything; an absolute path. */
  readonly directory: string;
  /** How many Kafka brokers; undefined: as many as there were, or one. */
  readonly brokers?: 1 | 3;
  readonly progress: (line: string) => void;
}

export interface ServerProcess {
  readonly name: string;
  readonly pid: number | undefined;
  readonly address: string;
  readonly log: string;
}

/** A server that `servers:up` runs in the background. Up and down are called by one process at a time, also after one that was killed half way. */
export interface LocalServer {
  /** Also its folder's name. */
  readonly name: ServerName;
  /** Fetches what is needed and not there yet, before any server is started. @throws ServersError when this machine lacks a program. */
  prepare(progress: (line: string) => void): Promise<void>;
  /** Starts what does not run yet, waits until it is ready, and answers the variables by which programs find it. */
  up(options: UpOptions): Promise<Readonly<Record<string, string>>>;
  /** Ends what runs in this directory and keeps the data. @throws ServersError `not-ended` */
  down(directory: string): Promise<void>;
  /** Every process that there should be. */
  status(directory: string): Promise<readonly ServerProcess[]>;
}
