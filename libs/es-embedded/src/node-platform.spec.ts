import { nodePlatform } from './node-platform.js';

describe("Node as the core's platform", () => {
  it('hashes UTF-8 bytes to unpadded base64url', () => {
    expect(nodePlatform.sha256('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
    expect(nodePlatform.sha256('ü')).toHaveLength(43);
  });

  it('counts UTF-8 bytes', () => {
    expect(nodePlatform.byteLength('aü🚚')).toBe(7);
  });

  it('calls a timer once, unless it was cancelled', async () => {
    const calls: string[] = [];
    nodePlatform.setTimer(1, () => calls.push('cancelled'))();
    await new Promise<void>((resolve) => nodePlatform.setTimer(5, resolve));
    expect(calls).toEqual([]);
  });

  it('never gives the same id twice', () => {
    const ids = new Set(Array.from({ length: 1000 }, () => nodePlatform.randomId()));
    expect(ids.size).toBe(1000);
    expect([...ids].every((id) => /^[A-Za-z0-9-]+$/.test(id))).toBe(true);
  });
});
