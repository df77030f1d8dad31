import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const textOf = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** The named parts of a spec, as they read without what is around them. */
const regionsOf = (spec: string): readonly (readonly [string, string])[] =>
  [...textOf(spec).matchAll(/\/\/ #region (\S+)\n([^]*?)\n *\/\/ #endregion/g)].map(([, name = '', code = '']) => {
    const indent = /^ */.exec(code)?.[0] ?? '';
    return [name, code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')];
  });

describe('the code that documents show', () => {
  describe.each([
    ['docs/how-to/send-commands-over-kafka.md', 'e2e/src/kafka-commands.e2e.spec.ts'],
    ['docs/how-to/give-a-deadline.md', 'libs/es-testing/src/core/fixtures/library-loan.ts'],
    ['docs/how-to/change-an-event.md', 'libs/events/src/change-an-event.spec.ts'],
  ])('in %s', (document, spec) => {
    it.each(regionsOf(spec))('is what a spec runs: %s', (_, code) => {
      expect(textOf(document)).toContain(`\`\`\`ts\n${code}\n\`\`\``);
    });
  });
});
