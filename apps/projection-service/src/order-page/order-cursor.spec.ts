import { cursorInQuery, orderCursor } from './order-cursor.js';

const place = { placedAt: '2010-12-01T08:26:00.000Z', orderId: '536365' };
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the cursor of a list of orders', () => {
  it('leads back to the order that it names', () => {
    expect(cursorInQuery.parse(orderCursor(place))).toEqual(place);
  });

  it.each([
    ['nothing', ''],
    ['no base64url', 'a b'],
    ['base64url with a tail', `${orderCursor(place)}=`],
    ['no JSON', Buffer.from('x').toString('base64url')],
    ['another value', encoded({ ...place })],
    ['too few parts', encoded([place.placedAt])],
    ['no time', encoded(['2010', '1'])],
    ['no id', encoded([place.placedAt, { $gt: '' }])],
    ['an id that is none', encoded([place.placedAt, 'a b'])],
  ])('is refused when it is %s', (_, text) => {
    expect(cursorInQuery.safeParse(text).error?.issues).toMatchObject([
      { message: expect.stringMatching(/^must be/) as string },
    ]);
  });
});
