import { CollectionLost, EsError } from '@ledgerline/es-core';
import { ProblemException } from './problem.exception.js';
import { problem, problemOf } from './problem.js';

describe('the status of a problem', () => {
  it.each([
    ['jar-empty', 409],
    ['jar-not-found', 404],
    ['overloaded', 503],
    ['environment-damaged', 500],
    ['data-dir-unusable', 500],
    ['collection-lost', 503],
  ])('of %s is %d', (code, status) => {
    expect(problemOf(new EsError(code, 'why', false))).toMatchObject({ code, status, detail: 'why' });
  });

  it('of a collection that is being made anew may be tried again', () => {
    expect(problemOf(new CollectionLost('parcel-page-r1-g1'))).toMatchObject({ status: 503, retriable: true });
    expect(problemOf(new EsError('jar-empty', 'why', false))).toMatchObject({ status: 409, retriable: false });
  });
});

describe('a problem as an exception', () => {
  it("says in its message what is wrong, for the application's own filters", () => {
    const cause = new EsError('jar-empty', 'the jar is empty', false);
    expect(new ProblemException(problem(409, 'jar-empty', 'the jar is empty'), cause)).toMatchObject({
      ...{ message: 'the jar is empty', cause },
    });
  });
});
