import { mkdir, realpath } from 'node:fs/promises';
import { requireJavaCompiler } from '../java.js';
import { javaJars } from '../java-jars.js';
import { freePorts } from '../processes/free-ports.js';
import { MongoHome } from './mongo-home.js';
import { MongoProcess } from './mongo-process.js';

export interface StartMongoOptions {
  /** Where the server keeps everything; a new one per server, removed by whoever made it. */
  readonly directory: string;
}

/**
 * Starts a server that speaks MongoDB's protocol on a free port, and resolves when it answers. It does not outlive this process.
 * @throws ServersError when Java or Maven are missing, or the server does not start
 */
export const startMongo = async (options: StartMongoOptions): Promise<MongoProcess> => {
  await requireJavaCompiler();
  await mkdir(options.directory, { recursive: true });
  const home = new MongoHome(await realpath(options.directory), await javaJars('mongo', () => undefined));
  await home.prepare();
  const [port = 0] = await freePorts(1);
  return MongoProcess.start(home, port);
};
