import { inspect } from 'node:util';
import { CollectionLost } from '@ledgerline/es-core';
import { BSON, MongoBulkWriteError, MongoClient, MongoInvalidArgumentError, MongoServerError } from 'mongodb';
import { failureAtStart, storeFailure } from './store-failure.js';

const client = new MongoClient('mongodb://parcels:hunter2@127.0.0.1:27017/shop');
const answered = (code: number, codeName: string): MongoServerError =>
  new MongoServerError({ ok: 0, code, codeName, message: `${codeName} at 127.0.0.1` });

describe('what MongoDB answers', () => {
  it.each([
    [
      18,
      'AuthenticationFailed',
      /MongoDB at 127\.0\.0\.1:27017 does not take the credentials of user parcels: check MONGODB_URI$/,
    ],
    [13, 'Unauthorized', /does not let user parcels read and write the database: give it the role readWrite$/],
  ])('code %i at the start is for a person to mend: one line, and no password', (code, name, line) => {
    const failure = failureAtStart(answered(code, name), client);
    expect(failure).toMatchObject({
      code: 'read-models-refused',
      retriable: false,
      message: expect.stringMatching(line),
    });
    expect(inspect(failure, { depth: 20 })).not.toContain('hunter2');
  });

  it.each([
    [18, 'AuthenticationFailed'],
    [14_031, 'OutOfDiskSpace'],
    [10_107, 'NotWritablePrimary'],
    [64, 'WriteConcernFailed'],
    [50, 'MaxTimeMSExpired'],
  ])('code %i later may be over by the next try, and is named', (code, name) => {
    const failure = storeFailure(answered(code, name), client);
    expect(failure).toMatchObject({
      ...{ code: 'read-models-unavailable', retriable: true },
      ...{ message: `the read models are not available: MongoDB at 127.0.0.1:27017 answered ${name} ${code}` },
      facts: { server: '127.0.0.1:27017', mongodb: `${name} ${code}` },
    });
  });

  it('to a bulk that does not fit on the disk is the same', () => {
    const result = Object.assign(Object.create(null), { getWriteErrors: () => [] });
    const full = new MongoBulkWriteError({ message: 'no space left', code: 14_031, writeErrors: [] }, result);
    expect(storeFailure(full, client)).toMatchObject({ code: 'read-models-unavailable', retriable: true });
  });

  it.each([
    [10_334, 'BSONObjectTooLarge', /a document that is larger than MongoDB takes/],
    [121, 'DocumentValidationFailure', /the validation of its collection/],
    [171, 'CannotIndexParallelArrays', /arrays in two fields of one index/],
  ])('code %i is the same for ever', (code, name, reason) => {
    const failure = storeFailure(answered(code, name), client);
    expect(failure).toMatchObject({
      code: 'read-models-refused',
      retriable: false,
      message: expect.stringMatching(reason),
    });
  });

  it.each([new BSON.BSONError('no key'), new MongoInvalidArgumentError('too large')])(
    '%p is about a document',
    (error) => {
      expect(storeFailure(error, client)).toMatchObject({ code: 'read-models-refused', cause: error });
    },
  );

  it('is passed on where it is no failure of the store', () => {
    const [lost, bug] = [new CollectionLost('parcels-r1'), new TypeError('a bug')];
    expect([storeFailure(lost, client), storeFailure(bug, client)]).toEqual([lost, bug]);
  });
});
