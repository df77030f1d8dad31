import { lastLines } from '../processes/last-lines.js';
import { until } from '../processes/until.js';
import { ServersError } from '../servers.error.js';
import { mongoAnswers } from './mongo-answers.js';
import { type MongoHome } from './mongo-home.js';

const READY_WITHIN_MS = 60_000;

export interface AwaitedMongo {
  readonly home: MongoHome;
  readonly port: number;
  readonly isRunning: () => boolean | Promise<boolean>;
}

/**
 * Resolves when the server answers.
 * @throws ServersError `not-ready` when it ends before, or takes too long; the message has the end of its log.
 */
export const mongoReady = async ({ home, port, isRunning }: AwaitedMongo): Promise<void> => {
  const ready = async (): Promise<boolean> => {
    if (!(await isRunning())) throw await notReady(home, 'ended before it was ready');
    return mongoAnswers(port);
  };
  if (!(await until(ready, READY_WITHIN_MS)))
    throw await notReady(home, `was not ready within ${READY_WITHIN_MS / 1000} s`);
};

const notReady = async ({ log }: MongoHome, what: string): Promise<ServersError> =>
  new ServersError('not-ready', `The MongoDB-protocol server ${what}. The end of ${log}:\n${await lastLines(log)}`);
