import { cursorInQuery, isOfList, orderCursor } from './order-cursor.js';

const place = { placedAt: '2010-12-01T08:26:00.000Z', orderId: '536365' };
const list = { customerId: '17850', sort: '-placedAt' } as const;
const cursor = orderCursor(place, list);
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the cursor of a list of orders', () => {
  it('leads back to the order that it names', () => {
    expect(cursorInQuery.parse(cursor).place).toEqual(place);
  });

  it('belongs to its list', () => {
    const parsed = cursorInQuery.parse(cursor);
    expect(isOfList(parsed, { ...list, status: undefined })).toBe(true);
    for (const other of [
      { sort: 'placedAt' },
      { customerId: '1' },
      { status: 'created' },
      { country: 'EIRE' },
    ] as const)
      expect(isOfList(parsed, { ...list, ...other })).toBe(false);
    expect(isOfList(parsed, { ...list, from: place.placedAt })).toBe(false);
    expect(isOfList(parsed, { ...list, to: place.placedAt })).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['no base64url', 'a b'],
    ['base64url with a tail', `${cursor}=`],
    ['no JSON', Buffer.from('x').toString('base64url')],
    ['another value', encoded({ ...place })],
    ['too few parts', encoded([place.placedAt, place.orderId])],
    ['no time', encoded(['2010', '1', 'list'])],
    ['no id', encoded([place.placedAt, { $gt: '' }, 'list'])],
    ['an id that is none', encoded([place.placedAt, 'a b', 'list'])],
  ])('is refused when it is %s', (_, text) => {
    expect(cursorInQuery.safeParse(text).error?.issues).toMatchObject([
      { message: expect.stringMatching(/^must be/) as string },
    ]);
  });
});
