import { databaseOf, mongoClient } from './mongo-client.js';

describe('the client of an address', () => {
  it('writes durably and reads what is, from the primary, whatever the address says', () => {
    const address = 'mongodb://127.0.0.1/shop?w=0&journal=false&readPreference=secondary&readConcernLevel=local';
    const collection = databaseOf(mongoClient(address), 'shop').collection('parcel-page-r1-g1');
    const { writeConcern, readConcern, readPreference } = collection;
    expect(writeConcern).toMatchObject({ w: 'majority', journal: true });
    expect(readConcern).toMatchObject({ level: 'majority' });
    expect(readPreference?.mode).toBe('primary');
  });

  it('waits as long as the address says, and a usual time where it says nothing', () => {
    const { options } = mongoClient('mongodb://127.0.0.1/shop?serverselectiontimeoutms=7');
    expect(options).toMatchObject({ serverSelectionTimeoutMS: 7, connectTimeoutMS: 3_000, socketTimeoutMS: 30_000 });
  });

  it('refuses an address without repeating it', () => {
    const open = () => mongoClient('mongodb://ann:p%ss@127.0.0.1/shop');
    expect(open).toThrow(expect.objectContaining({ code: 'read-models-refused' }));
    expect(open).not.toThrow(/p%ss/);
  });
});
