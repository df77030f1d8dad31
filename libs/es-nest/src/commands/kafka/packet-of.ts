import type { WritePacket } from '@nestjs/microservices';
import { lastValueFrom, type Observable } from 'rxjs';

/** What a handler answered, or what it failed with, as the one and last answer to its message. */
export const packetOf = async (produce: () => Promise<Observable<unknown>>): Promise<WritePacket> => {
  try {
    return { response: await lastValueFrom(await produce()), isDisposed: true };
  } catch (err) {
    return { err, isDisposed: true };
  }
};
