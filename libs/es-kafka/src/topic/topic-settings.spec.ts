import { maxMessageBytes } from './topic-settings.js';

describe('the largest batch that a topic takes', () => {
  it.each([
    ['4194304', 4_194_304],
    ['1000012', 1_000_012],
    // A broker that does not say, or says something else: what every topic has to take.
    [undefined, 1_000_000],
    ['', 1_000_000],
    ['unlimited', 1_000_000],
    ['-1', 1_000_000],
  ])('is, where its setting is %j, %d bytes', (setting, bytes) => {
    expect(maxMessageBytes(setting)).toBe(bytes);
  });
});
