import { describe, expect, it } from '@jest/globals';
import { changingUnsealed } from './personal.js';

describe('the personal fields of a command', () => {
  it('are replaced wherever they are, and what is no plain object stays what it is, for its fingerprint to refuse', () => {
    const at = new Date(0);
    const command = { type: 'Tell', to: [{ email: { unsealed: 'ann@example.org' } }], at, by: new Map([['a', 1]]) };
    const changed = changingUnsealed(command, (value, field) => `${String(value)} in ${field}`);
    expect(changed).toEqual({ ...command, to: [{ email: 'ann@example.org in to.0.email' }] });
    expect((changed as typeof command).at).toBe(at);
  });
});
