import { addressOf, nameOf } from './address.js';

describe('the address of a broker', () => {
  it.each([
    ['kafka-1:9092', { host: 'kafka-1', port: 9092 }],
    ['127.0.0.1:9092', { host: '127.0.0.1', port: 9092 }],
    ['[::1]:9092', { host: '::1', port: 9092 }],
    ['[2001:db8::7]:443', { host: '2001:db8::7', port: 443 }],
  ])('%s is read and written', (text, address) => {
    expect(addressOf(text)).toEqual(address);
    expect(nameOf(address)).toBe(text);
  });
});
