import { Child } from '../fixtures/child.js';
import { scratch } from '../fixtures/scratch.js';
import { openEmbeddedKeys } from './open-embedded-keys.js';

const newDirectory = scratch();
const AT = '2026-01-01T00:00:00.000Z';

describe('the keys of a data directory', () => {
  it('are the same for two processes that make them at once, and gone for both when one destroys them', async () => {
    const [directory, compiled] = [newDirectory(), newDirectory()];
    const child = (name: string) => new Child({ file: 'keeping.child.mjs', args: [directory, name], compiled });
    const [one, other] = [child('one'), child('other')];
    try {
      for (const each of [one, other]) await each.line('ready');
      for (const each of [one, other]) each.say('go');
      const given = await one.line('given ');
      expect(await other.line('given ')).toBe(given);
      expect(given.split(',')).toHaveLength(100);
      const keys = await openEmbeddedKeys({ directory });
      one.say('look');
      expect(await one.line('sees ')).toContain('"wrapped"');
      await keys.destroy('s-0', AT);
      await keys.close();
      for (const each of [one, other]) each.say('look');
      for (const each of [one, other]) expect(await each.line(`sees {"subject":"s-0","forgottenAt"`)).toContain(AT);
    } finally {
      for (const each of [one, other]) await each.end();
    }
  });
});
