import { createServer } from 'node:net';

/*
 * Below the ports that an operating system gives to outgoing connections (from 32768 on Linux, from 49152 elsewhere): while
 * a killed broker is down nobody may get its port, least of all a client that is trying to reach it, and while a service
 * starts nobody may get the one that it was told.
 */
const FIRST = 10_240;
const COUNT = 20_000;
// The golden section of them: processes with neighbouring ids begin far from each other.
const PER_PROCESS = 12_361;

// Programs that look at the same moment begin at different places, and one program never gives the same port twice.
let next = (process.pid * PER_PROCESS) % COUNT;

/** Ports of 127.0.0.1 that nobody listens on, each different. */
export const freePorts = async (count: number): Promise<number[]> => {
  const found: number[] = [];
  for (let tried = 0; found.length < count && tried < COUNT; tried++) {
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) found.push(port);
  }
  if (found.length < count) throw new Error(`no free port from ${FIRST} to ${FIRST + COUNT}`);
  return found;
};

export const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
