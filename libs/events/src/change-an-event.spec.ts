import { describe, expect, it } from '@jest/globals';
import { defineEvents, merged, renamed, retired, since, split } from '@ledgerline/es-core';
import type { EventDefinitions, PastEvent, PastType, StoredShape } from '@ledgerline/es-core/runtime';
import { z } from 'zod';

const stored = (type: string, data: object): StoredShape => ({ type, data: JSON.stringify(data) });

/** What such events mean. */
const catalogueOf = (definitions: EventDefinitions, ...past: readonly PastType[]) =>
  defineEvents('parcels.events', definitions, { past }).catalogue;

const failureOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (failure) {
    return failure;
  }
};

describe('an event that gets a new required field', () => {
  // #region new-field
  const parcelShippedV1 = z.object({ parcelId: z.string() });
  const parcelShippedV2 = parcelShippedV1.extend({ carrier: z.string() });

  const parcelEvents = defineEvents('parcels.events', {
    // v1 → v2: there was one carrier before there was a choice.
    ParcelShipped: since(parcelShippedV1).to(parcelShippedV2, (old) => ({ ...old, carrier: 'post' })),
  });
  // #endregion

  it('is read with what the rule says where it was stored without', () => {
    expect(parcelEvents.catalogue.decode([stored('ParcelShipped.v1', { parcelId: '1' })])).toEqual([
      [{ type: 'ParcelShipped', data: { parcelId: '1', carrier: 'post' } }],
    ]);
    expect(parcelEvents.catalogue.encode({ type: 'ParcelShipped', data: { parcelId: '1', carrier: 'bike' } })).toEqual(
      stored('ParcelShipped.v2', { parcelId: '1', carrier: 'bike' }),
    );
  });

  const before = catalogueOf({ ParcelShipped: parcelShippedV1 });

  it('is read by older code without it', () => {
    expect(before.decode([stored('ParcelShipped.v2', { parcelId: '1', carrier: 'bike' })])).toEqual([
      [{ type: 'ParcelShipped', data: { parcelId: '1' } }],
    ]);
  });

  it('is not read by older code that would miss something that it needs', () => {
    expect(before.decode([stored('ParcelShipped.v3', { parcels: ['1'] })])).toEqual(['unknown-version']);
  });
});

const shipped = z.object({ parcelId: z.string() });

describe('an event that is renamed', () => {
  // #region renamed
  const parcelEvents = defineEvents(
    'parcels.events',
    { ParcelSent: shipped },
    { past: [renamed('ParcelShipped', 'ParcelSent')] },
  );
  // #endregion

  it('is read under today’s name and stored under it', () => {
    expect(parcelEvents.catalogue.decode([stored('ParcelShipped.v1', { parcelId: '1' })])).toEqual([
      [{ type: 'ParcelSent', data: { parcelId: '1' } }],
    ]);
    expect(parcelEvents.catalogue.encode({ type: 'ParcelSent', data: { parcelId: '1' } }).type).toBe('ParcelSent.v1');
  });
});

describe('an event that is split in two', () => {
  // #region split
  const packedSentV1 = z.object({ parcelId: z.string(), boxes: z.int() });
  const parcelPacked = z.object({ parcelId: z.string(), boxes: z.int() });

  const parcelEvents = defineEvents(
    'parcels.events',
    { ParcelPacked: parcelPacked, ParcelSent: shipped },
    {
      past: [
        split('ParcelPackedAndSent', packedSentV1, ['ParcelPacked.v1', 'ParcelSent.v1'], ({ parcelId, boxes }) => [
          { type: 'ParcelPacked.v1', data: { parcelId, boxes } },
          { type: 'ParcelSent.v1', data: { parcelId } },
        ]),
      ],
    },
  );
  // #endregion

  it('is read as both, in their order', () => {
    expect(parcelEvents.catalogue.decode([stored('ParcelPackedAndSent.v1', { parcelId: '1', boxes: 2 })])).toEqual([
      [
        { type: 'ParcelPacked', data: { parcelId: '1', boxes: 2 } },
        { type: 'ParcelSent', data: { parcelId: '1' } },
      ],
    ]);
  });

  it('is not recorded any more', () => {
    const past = { type: 'ParcelPackedAndSent', data: { parcelId: '1', boxes: 2 } };
    expect(() => parcelEvents.catalogue.encode(past)).toThrow('ParcelPackedAndSent cannot be recorded');
  });
});

describe('events that are merged', () => {
  // #region merged
  const weighedV1 = z.object({ grams: z.int() });
  const measuredV1 = z.object({ litres: z.int() });
  const parcelGauged = z.object({ grams: z.int(), litres: z.int().optional() });

  const parcelEvents = defineEvents(
    'parcels.events',
    { ParcelGauged: parcelGauged },
    {
      past: [
        merged(
          { ParcelWeighed: weighedV1, ParcelMeasured: measuredV1 },
          'ParcelGauged.v1',
          // A parcel that was measured and never weighed was not gauged.
          ({ ParcelWeighed, ParcelMeasured }) => ParcelWeighed && { ...ParcelWeighed, ...ParcelMeasured },
        ),
      ],
    },
  );
  // #endregion
  const [weighed, measured] = [stored('ParcelWeighed.v1', { grams: 900 }), stored('ParcelMeasured.v1', { litres: 3 })];

  it('are one where a commit holds them one behind the other, in the place of the last', () => {
    expect(parcelEvents.catalogue.decode([weighed, measured])).toEqual([
      ...[[], [{ type: 'ParcelGauged', data: { grams: 900, litres: 3 } }]],
    ]);
  });

  it.each([
    ['a lone first', [weighed], [[{ type: 'ParcelGauged', data: { grams: 900 } }]]],
    ['a lone second', [measured], [[]]],
    ['another order', [measured, weighed], [[], [{ type: 'ParcelGauged', data: { grams: 900 } }]]],
    [
      'one and a half',
      [weighed, weighed, measured],
      [
        ...[[{ type: 'ParcelGauged', data: { grams: 900 } }], []],
        [{ type: 'ParcelGauged', data: { grams: 900, litres: 3 } }],
      ],
    ],
    [
      'something between them that nobody knows',
      [weighed, stored('ParcelPainted.v1', {}), measured],
      [[{ type: 'ParcelGauged', data: { grams: 900 } }], 'unknown-type', []],
    ],
  ])('are what the rule says of one that stands alone: %s', (_, commit, today) => {
    expect(parcelEvents.catalogue.decode(commit)).toEqual(today);
  });
});

describe('an event that is retired', () => {
  // #region retired
  const parcelEvents = defineEvents('parcels.events', { ParcelSent: shipped }, { past: [retired('ParcelWrapped')] });
  // #endregion

  it('is nothing, in whatever version, and is not even parsed', () => {
    expect(parcelEvents.catalogue.decode([{ type: 'ParcelWrapped.v3', data: '{' }])).toEqual([[]]);
  });

  it('is not recorded any more', () => {
    const past = { type: 'ParcelWrapped', data: {} };
    expect(() => parcelEvents.catalogue.encode(past)).toThrow(
      'ParcelWrapped cannot be recorded: it is only read any more',
    );
  });
});

describe('changes one after the other', () => {
  const v2 = shipped.extend({ carrier: z.string() });
  const events = catalogueOf(
    { ParcelSent: since(shipped).to(v2, (old) => ({ ...old, carrier: 'post' })) },
    ...[renamed('Despatched', 'Shipped'), renamed('Shipped', 'ParcelSent'), retired('Stamped')],
    split('StampedAndShipped', shipped, ['Stamped.v1', 'Despatched.v1'], (data) => [
      { type: 'Stamped.v1', data: {} },
      { type: 'Despatched.v1', data },
    ]),
    merged({ Weighed: z.object({}), Posted: shipped }, 'Shipped.v1', ({ Posted }) => Posted),
  );
  const sent = { type: 'ParcelSent', data: { parcelId: '1', carrier: 'post' } };

  it.each([
    ['a rename of a rename', [stored('Despatched.v1', { parcelId: '1' })], [[sent]]],
    ['a split into what was renamed and retired since', [stored('StampedAndShipped.v1', { parcelId: '1' })], [[sent]]],
    [
      'a merge into what was renamed since, over what was retired',
      [stored('Weighed.v1', {}), stored('Stamped.v1', {}), stored('Posted.v1', { parcelId: '1' })],
      [[], [], [sent]],
    ],
  ])('lead to today: %s', (_, commit, today) => {
    expect(events.decode(commit)).toEqual(today);
  });

  it('are parsed only where somebody wants what they are by now', () => {
    const broken = { type: 'StampedAndShipped.v1', data: '{' };
    expect(events.decode([broken], () => false)).toEqual([[]]);
    expect(() => events.decode([broken], (name) => name === 'ParcelSent')).toThrow('StampedAndShipped.v1');
  });
});

describe('a step that fails', () => {
  const failing = (rule: (data: { parcelId: string }) => unknown) =>
    catalogueOf({
      ParcelSent: since(shipped).to(z.object({ carrier: z.string() }), rule as () => { carrier: string }),
    });
  const event = stored('ParcelSent.v1', { parcelId: '1' });

  it.each([
    ['throws', (): never => { throw new Error('no carrier'); }], // prettier-ignore
    ['gives another shape', () => ({ carrier: 1 })],
    ['gives nothing', () => undefined],
    ['gives a promise', () => Promise.resolve({ carrier: 'post' })],
  ])('is said by the stored name and the step: an upcaster that %s', (_, rule) => {
    expect(failureOf(() => failing(rule).decode([event]))).toMatchObject({
      ...{ code: 'unreadable', retriable: false },
      message: 'ParcelSent.v1 (ParcelSent.v1 to ParcelSent.v2) cannot be read',
      facts: { type: 'ParcelSent.v1', step: 'ParcelSent.v1 to ParcelSent.v2' },
    });
  });

  const old = z.object({});

  it.each<[string, () => readonly PastEvent[], string]>([
    ['throws', (): never => { throw new Error('no'); }, 'Old.v1 (Old into ParcelSent.v1) cannot be read'], // prettier-ignore
    [
      'names another event',
      () => [{ type: 'ParcelSent.v2', data: {} }],
      'Old.v1 (Old into ParcelSent.v1, and not ParcelSent.v2)',
    ],
    ['gives another shape', () => [{ type: 'ParcelSent.v1', data: {} }], 'Old.v1 (ParcelSent.v1) cannot be read'],
  ])('is said by the stored name and the step: a split that %s', (_, rule, message) => {
    const events = catalogueOf({ ParcelSent: shipped }, split<typeof old, string>('Old', old, ['ParcelSent.v1'], rule));
    expect(() => events.decode([stored('Old.v1', {})])).toThrow(message);
  });

  it.each([
    ['throws', (): never => { throw new Error('no'); }, 'Old.v1 (Old and Other into ParcelSent.v1) cannot be read'], // prettier-ignore
    ['gives another shape', () => ({}), 'Old.v1 (ParcelSent.v1) cannot be read'],
  ])('is said by the stored name and the step: a merge that %s', (_, rule, message) => {
    const events = catalogueOf({ ParcelSent: shipped }, merged({ Old: old, Other: old }, 'ParcelSent.v1', rule));
    expect(() => events.decode([stored('Old.v1', {}), stored('Other.v1', {})])).toThrow(message);
  });
});

describe('a schema that loops', () => {
  interface Box {
    readonly box?: Box | undefined;
  }
  const box: z.ZodType<Box> = z.lazy(() => z.object({ box: box.optional() }));
  const endless: z.ZodType = z.lazy(() => endless);
  const deep = (levels: number): string => '{"box":'.repeat(levels) + '{}' + '}'.repeat(levels);

  it('reads what has an end', () => {
    const events = catalogueOf({ Nested: box });
    expect(events.decode([{ type: 'Nested.v1', data: '{"box":{"box":{}}}' }])).toEqual([
      [{ type: 'Nested', data: { box: { box: {} } } }],
    ]);
  });

  it.each([
    ['data deeper than it can follow', box, deep(200_000)],
    ['nothing but itself', endless, '{}'],
  ])('says which event it is that it cannot follow: %s', (_, schema, data) => {
    const events = catalogueOf({ Nested: schema });
    expect(failureOf(() => events.decode([{ type: 'Nested.v1', data }]))).toMatchObject({
      ...{ code: 'unreadable', facts: { type: 'Nested.v1', step: 'Nested.v1' } },
    });
    expect(events.decode([{ type: 'Nested.v2', data }])).toEqual(['unknown-version']);
  });

  it('does not record it either', () => {
    const events = catalogueOf({ Nested: box });
    const data = JSON.parse(deep(200_000)) as Box;
    expect(() => events.encode({ type: 'Nested', data })).toThrow('Nested.v1 cannot be read');
  });
});
