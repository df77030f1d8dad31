import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The named parts of a spec, as they read without what is around them. */
const regionsOf = (spec: string): readonly (readonly [string, string])[] =>
  [...textOf(spec).matchAll(/\/\/ #region (\S+)\n([^]*?)\n *\/\/ #endregion/g)].map(([, name = '', code = '']) => {
    const indent = /^ */.exec(code)?.[0] ?? '';
    return [name, code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')];
  });

const oneProcess = 'libs/es-nest-projections/src/one-process.spec.ts';

describe('the code that documents show', () => {
  /** All regions of the spec, unless some are named. */
  describe.each<[document: string, spec: string, ...regions: string[]]>([
    ['docs/how-to/send-commands-over-kafka.md', 'e2e/src/kafka-commands.e2e.spec.ts'],
    ['docs/how-to/give-a-deadline.md', 'libs/es-testing/src/core/fixtures/library-loan.ts'],
    ['docs/how-to/change-an-event.md', 'libs/events/src/change-an-event.spec.ts'],
    ['docs/how-to/write-a-service.md', oneProcess],
    ['README.md', oneProcess, 'aggregate', 'feature'],
    ['libs/es-core/README.md', oneProcess, 'aggregate'],
    ['libs/es-nest/README.md', oneProcess, 'root', 'reactor'],
    ['libs/es-nest-projections/README.md', oneProcess, 'read-model'],
    ['libs/es-testing/README.md', oneProcess, 'specs'],
  ])('in %s', (document, spec, ...named) => {
    const regions = new Map(regionsOf(spec));
    it.each(named.length > 0 ? named : [...regions.keys()])('is what a spec runs: %s', (name) => {
      expect(textOf(document)).toContain(`\`\`\`ts\n${regions.get(name)}\n\`\`\``);
    });
  });
});

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'samples/README.md'],
  ...readdirSync(join(root, 'libs')).map((name) => `libs/${name}/README.md`),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md') && existsSync(join(root, path)));

/** What a heading is called in links: as GitHub does it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsIn = (path: string): readonly string[] =>
  [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

const leadsNowhere = (document: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsIn(target).includes(anchor);
};

describe('the links of documents', () => {
  it.each(documents)('lead somewhere: %s', (document) => {
    const links = [...textOf(document).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => leadsNowhere(document, link))).toEqual([]);
  });
});
