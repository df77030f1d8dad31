import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from './fixtures/scratch.js';
import { javaMajor, requireJava, requireJavaCompiler } from './java.js';

const newDirectory = scratch();

const { JAVA_HOME } = process.env;

afterEach(() => {
  if (JAVA_HOME === undefined) delete process.env['JAVA_HOME'];
  else process.env['JAVA_HOME'] = JAVA_HOME;
});

describe('Java', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "25" 2025-09-16', 25],
    ['Unrecognized option', undefined],
  ])('that says %j is %j', (output, major) => {
    expect(javaMajor(output)).toBe(major);
  });

  it('that is missing is named in one sentence, with how to get it', async () => {
    process.env['JAVA_HOME'] = '/nowhere';
    await expect(requireJava()).rejects.toMatchObject({
      code: 'java-missing',
      isPrerequisite: true,
      message: expect.stringMatching(/^Java 17 or newer is needed, there is none: .*apt-get install.*\.$/),
    });
  });

  it.each([
    ['java.base@21 jdk.compiler@21', undefined],
    ['java.base@21 java.compiler@21', /^Java's compiler is needed, .*apt-get install openjdk-17-jdk-headless.*\.$/],
  ])('with the modules %j is asked for its compiler', async (modules, refusal) => {
    const home = newDirectory();
    mkdirSync(join(home, 'bin'));
    const script = `case $1 in -version) echo 'version "21"';; *) printf '%s\\n' ${modules};; esac`;
    writeFileSync(join(home, 'bin/java'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, 'bin/java'), 0o755);
    process.env['JAVA_HOME'] = home;
    if (refusal) {
      const missing = { code: 'java-missing', message: expect.stringMatching(refusal) };
      await expect(requireJavaCompiler()).rejects.toMatchObject(missing);
    } else await expect(requireJavaCompiler()).resolves.toBeUndefined();
  });
});
