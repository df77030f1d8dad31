import type { Readable } from 'node:stream';
import { HttpException } from '@nestjs/common';

/**
 * The whole body, in one piece of `most` bytes: many small pieces would take much more than what they hold.
 * @throws HttpException when it has more than that, or is cut off
 */
export const readBody = (payload: Readable, most: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const body = Buffer.allocUnsafeSlow(most);
    let length = 0;
    const take = (chunk: Buffer): void => {
      if (length + chunk.length > most) return end(() => reject(new HttpException('the body is too large', 413)));
      chunk.copy(body, length);
      length += chunk.length;
    };
    const whole = (): void => end(() => resolve(body.subarray(0, length)));
    const cutOff = (cause: unknown): void =>
      end(() => reject(new HttpException('the body did not come whole', 400, { cause })));
    const end = (settle: () => void): void => {
      payload.off('data', take).off('end', whole).off('error', cutOff);
      settle();
    };
    payload.on('data', take).on('end', whole).on('error', cutOff);
  });
