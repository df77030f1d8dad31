import fc from 'fast-check';
import { JAVA_BATCHES } from '../fixtures/java-batches.js';
import { oddBatch } from '../fixtures/odd-batches.js';
import { BATCH_OVERHEAD } from '../record-batch/batch-header.js';
import { BatchDamaged } from '../record-batch/batches-in.js';
import { decodeMessages } from './decode-messages.js';
import { unpack } from './unpack.js';

const seed = Number(process.env['SPEC_SEED'] ?? Date.now() % 1_000_000);
const RUNS = { seed, numRuns: 500 };
const MOST = 4_096;

const packed = Object.values(JAVA_BATCHES).map((base64, i) => ({
  compression: i + 1,
  bytes: Buffer.from(base64, 'base64').subarray(BATCH_OVERHEAD),
}));

describe(`what somebody packed (seed ${seed})`, () => {
  it('unpacks to no more than it may, or is refused, whatever becomes of its bytes', async () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...packed), changes, fc.nat(), async ({ compression, bytes }, all, cut) => {
        const changed = Buffer.from(bytes.subarray(0, bytes.length - (cut % 4 === 0 ? cut % bytes.length : 0)));
        for (const [place, byte] of all) changed[place % changed.length] = byte;
        const unpacked = await unpack(compression, changed, MOST).catch((error: unknown) => error);
        if (unpacked instanceof Buffer) expect(unpacked.length).toBeLessThanOrEqual(MOST);
        else expect(unpacked).toBeInstanceOf(RangeError);
      }),
      RUNS,
    );
  });

  it('is refused where it would unpack to more', async () => {
    for (const { compression, bytes } of packed) {
      const { length } = await unpack(compression, bytes, MOST);
      expect(length).toBeGreaterThan(1_000);
      expect(await unpack(compression, bytes, length)).toHaveLength(length);
      const less = await unpack(compression, bytes, length - 1).catch((error: unknown) => error);
      expect(less instanceof RangeError || (less as Buffer).length === 0).toBe(true);
    }
  });

  it('is messages or a refusal in every batch that somebody made up', async () => {
    await fc.assert(
      fc.asyncProperty(oddBatch, async (batch) => {
        const allowed = { bytes: 1e6, messages: 1e3 };
        const messages = await decodeMessages(batch, 0, allowed).catch((error: unknown) => error);
        expect(messages instanceof BatchDamaged || (messages as unknown[]).length > 0).toBe(true);
      }),
      RUNS,
    );
  });
});
