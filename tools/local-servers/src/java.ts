import { join } from 'node:path';
import { runProgram } from './processes/run-program.js';
import { ServersError } from './servers.error.js';

const OLDEST_JAVA = 17;
const HOW = 'on Debian and Ubuntu `sudo apt-get install openjdk-17-jdk-headless`, on macOS `brew install openjdk@17`';

/** A program of the Java that JAVA_HOME names, or of the one on the path. */
export const javaProgram = (name: 'java' | 'keytool', env: NodeJS.ProcessEnv = process.env): string =>
  env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin', name) : name;

/** @throws ServersError `java-missing` */
export const requireJava = async (): Promise<void> => {
  const { code, output } = await runProgram(javaProgram('java'), ['-version']);
  const found = code === 0 ? javaMajor(output) : undefined;
  if (found !== undefined && found >= OLDEST_JAVA) return;
  const instead = found === undefined ? 'there is none' : `this is Java ${found}`;
  throw new ServersError('java-missing', `Java ${OLDEST_JAVA} or newer is needed, ${instead}: ${HOW}.`);
};

/** Java, and its compiler: for programs that are run from their source. @throws ServersError `java-missing` */
export const requireJavaCompiler = async (): Promise<void> => {
  await requireJava();
  const { stdout } = await runProgram(javaProgram('java'), ['--list-modules']);
  if (/^jdk\.compiler@/m.test(stdout)) return;
  throw new ServersError('java-missing', `Java's compiler is needed, there is a run-time environment only: ${HOW}.`);
};

/** The first number of the version that `java -version` tells; Java 8 called itself 1.8. */
export const javaMajor = (output: string): number | undefined => {
  const [, version] = /version "(?:1\.)?(\d+)/.exec(output) ?? [];
  return version === undefined ? undefined : Number(version);
};
