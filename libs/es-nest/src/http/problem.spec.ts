import { EsError } from '@ledgerline/es-core';
import { problemOf } from './problem.js';

describe('the status of a problem', () => {
  it.each([
    ['cart-empty', 409],
    ['cart-not-found', 404],
    ['overloaded', 503],
    ['environment-damaged', 500],
    ['data-dir-unusable', 500],
  ])('of %s is %d', (code, status) => {
    expect(problemOf(new EsError(code, 'why', false))).toMatchObject({ code, status, detail: 'why' });
  });
});
