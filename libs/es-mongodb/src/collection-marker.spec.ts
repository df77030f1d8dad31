import { type Db, ObjectId } from 'mongodb';
import { CollectionMarkers } from './collection-marker.js';

const life = new ObjectId();

/** What the primary has, and what it knows a majority to have. */
interface Members {
  local: ObjectId | undefined;
  majority: ObjectId | undefined;
}

const markersOn = (members: Members): CollectionMarkers => {
  const findOne = (_filter: object, { readConcern = { level: 'majority' } } = {}): Promise<object | null> => {
    const found = members[readConcern.level as keyof Members];
    return Promise.resolve(found ? { life: found, checkpoints: {} } : null);
  };
  return new CollectionMarkers({ collection: () => ({ findOne }) } as unknown as Db);
};

describe('the mark of a collection', () => {
  it('is not lost while a new primary does not know yet that a majority has it', async () => {
    const members: Members = { local: life, majority: undefined };
    const markers = markersOn(members);
    const unconfirmed = { code: 'read-models-unavailable', retriable: true };
    await expect(markers.requireIn('parcels-r1')).rejects.toMatchObject(unconfirmed);
    members.majority = life;
    await markers.requireIn('parcels-r1');
    members.majority = new ObjectId(); // Of one that was dropped before.
    await expect(markers.requireIn('parcels-r1')).rejects.toMatchObject(unconfirmed);
  });

  it('is lost where it is not there at all, or is that of another one', async () => {
    const members: Members = { local: life, majority: life };
    const markers = markersOn(members);
    await markers.requireIn('parcels-r1');
    members.local = members.majority = new ObjectId();
    await expect(markers.requireIn('parcels-r1')).rejects.toMatchObject({ code: 'collection-lost' });
    members.local = members.majority = undefined;
    await expect(markers.requireIn('parcels-r1')).rejects.toMatchObject({ code: 'collection-lost' });
  });
});
