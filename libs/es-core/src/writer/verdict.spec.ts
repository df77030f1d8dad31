import { describe, expect, it } from '@jest/globals';
import { rejectionIn, verdictValue } from './verdict.js';

describe('a verdict’s value', () => {
  it.each([[{ code: 'order-empty', reason: 'it has no lines' }], [{ code: 'order-empty' }], [undefined]])(
    'gives back %j',
    (rejection) => {
      expect(rejectionIn(verdictValue(rejection))).toEqual(rejection);
    },
  );

  it('is read as it was stored when it had no reason, and written so where there is none', () => {
    expect(rejectionIn('{"rejection":"order-empty"}')).toEqual({ code: 'order-empty' });
    expect(verdictValue({ code: 'order-empty' })).toBe('{"rejection":"order-empty"}');
  });
});
