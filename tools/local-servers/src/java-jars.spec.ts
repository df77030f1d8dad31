import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { scratch } from './fixtures/scratch.js';
import { javaJars } from './java-jars.js';

const newDirectory = scratch();
const { PATH, XDG_CACHE_HOME } = process.env;

const restore = (name: string, value: string | undefined): void => {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
};

afterEach(() => {
  restore('PATH', PATH);
  restore('XDG_CACHE_HOME', XDG_CACHE_HOME);
});

/** A stand-in for Maven: a shell script, given the folder that it has to fill. */
const standIn = (script: string): void => {
  const bin = newDirectory();
  const readFolder = 'for option; do case $option in -DoutputDirectory=*) folder=${option#*=};; esac; done';
  writeFileSync(join(bin, 'mvn'), `#!/bin/sh\n${readFolder}\n${script}\n`);
  chmodSync(join(bin, 'mvn'), 0o755);
  process.env['PATH'] = `${bin}:${PATH}`;
};

const newCache = (): string => {
  const cache = newDirectory();
  process.env['XDG_CACHE_HOME'] = cache;
  return join(cache, 'ledgerline');
};

describe('the jars of a server', () => {
  it('are fetched once', async () => {
    newCache();
    standIn('echo jar > "$folder/kafka.jar"');
    const folder = await javaJars('kafka', () => undefined);
    expect(readdirSync(folder)).toEqual(['kafka.jar']);
    standIn('exit 1');
    expect(await javaJars('kafka', () => undefined)).toBe(folder);
  });

  it('are the same for two that fetch at once', async () => {
    const cache = newCache();
    standIn('echo jar > "$folder/$$.jar"');
    const [first, second] = await Promise.all([javaJars('kafka', () => undefined), javaJars('kafka', () => undefined)]);
    expect(first).toBe(second);
    expect(readdirSync(cache)).toEqual([first.slice(cache.length + 1)]);
    expect(readdirSync(first)).toHaveLength(1);
  });

  it('are not there when Maven failed half way, and the next time tries again', async () => {
    const cache = newCache();
    standIn('echo jar > "$folder/kafka.jar"; echo "no network" >&2; exit 1');
    await expect(javaJars('kafka', () => undefined)).rejects.toMatchObject({
      code: 'jars-not-fetched',
      message: expect.stringContaining('no network'),
    });
    expect(readdirSync(cache)).toEqual([]);
    standIn('echo jar > "$folder/kafka.jar"');
    expect(existsSync(await javaJars('kafka', () => undefined))).toBe(true);
  });

  it('need Maven, which is named in one sentence with how to get it', async () => {
    newCache();
    await mkdir(join(process.env['XDG_CACHE_HOME'] ?? '', 'empty'));
    process.env['PATH'] = join(process.env['XDG_CACHE_HOME'] ?? '', 'empty');
    await expect(javaJars('kafka', () => undefined)).rejects.toMatchObject({
      code: 'maven-missing',
      isPrerequisite: true,
      message: expect.stringMatching(/^Maven is needed, there is none: .*apt-get install maven.*\.$/),
    });
  });
});
