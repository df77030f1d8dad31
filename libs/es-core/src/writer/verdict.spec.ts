import { describe, expect, it } from '@jest/globals';
import { rejectionIn, verdictValue } from './verdict.js';

describe('a verdict’s value', () => {
  it.each([[{ code: 'parcel-empty', reason: 'it has no lines' }], [{ code: 'parcel-empty' }], [undefined]])(
    'gives back %j',
    (rejection) => {
      expect(rejectionIn(verdictValue(rejection))).toEqual(rejection);
    },
  );

  it('is read as it was stored when it had no reason, and written so where there is none', () => {
    expect(rejectionIn('{"rejection":"parcel-empty"}')).toEqual({ code: 'parcel-empty' });
    expect(verdictValue({ code: 'parcel-empty' })).toBe('{"rejection":"parcel-empty"}');
  });
});
