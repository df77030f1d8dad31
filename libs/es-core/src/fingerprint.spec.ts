import { describe, expect, it } from '@jest/globals';
import { EsError } from './errors.js';
import { inFixedOrder } from './fingerprint.js';

const itself: Record<string, unknown> = {};
itself['itself'] = itself;
const holed: unknown[] = [1];
holed[2] = 3;
class Amount {
  constructor(readonly value: number) {}
}

describe('the content of a command, as its fingerprint sees it', () => {
  it('is the same whatever the order of its fields, and without those that are undefined', () => {
    const text = '{"a":[1,{"c":null,"d":"\\ud83d",},true],"b":-1.5e-7,}';
    expect(inFixedOrder({ b: -1.5e-7, a: [1, { d: '\ud83d', c: null, e: undefined }, true] })).toBe(text);
    expect(inFixedOrder(JSON.parse('{"a":[1,{"d":"\\ud83d","c":null},true],"b":-0.00000015}'))).toBe(text);
    expect(inFixedOrder(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1,}');
    expect(inFixedOrder(JSON.parse('{"__proto__":{"a":1},"toString":2}'))).toBe('{"__proto__":{"a":1,},"toString":2,}');
  });

  it.each<[unknown, string]>([
    [{ at: new Date(0) }, 'content.at is a Date'],
    [{ lines: [1, undefined] }, 'content.lines[1] is undefined'],
    [holed, 'content[1] is undefined'],
    [undefined, 'content is undefined'],
    [{ lines: [{ quantity: NaN }] }, 'content.lines[0].quantity is NaN'],
    [{ quantity: Infinity }, 'content.quantity is Infinity'],
    [{ quantity: -0 }, 'content.quantity is -0'],
    [{ by: new Map([['a', 1]]) }, 'content.by is a Map'],
    [{ all: new Set([1]) }, 'content.all is a Set'],
    [{ bytes: new Uint8Array(1) }, 'content.bytes is a Uint8Array'],
    [{ amount: new Amount(1) }, 'content.amount is a Amount'],
    [{ name: new String('boxed') }, 'content.name is a String'],
    [{ count: 1n }, 'content.count is a bigint'],
    [{ toJSON: () => 1 }, 'content.toJSON is a function'],
    [{ kind: Symbol('kind') }, 'content.kind is a symbol'],
    [{ of: { [Symbol('kind')]: 1 } }, 'content.of is something with a symbol for a name'],
    [itself, 'content.itself.itself'],
  ])('refuses what JSON does not carry, and says where: %p', (content, said) => {
    let refusal: unknown;
    try {
      inFixedOrder(content);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(EsError);
    expect(refusal).toMatchObject({ code: 'not-json', retriable: false });
    expect(String(refusal)).toContain(said);
    expect(String(refusal).length).toBeLessThan(400);
  });
});
