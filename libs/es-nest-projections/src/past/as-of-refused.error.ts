import { EsError } from '@ledgerline/es-core';

/** A view of the past costs more than this service gives for one. */
export class AsOfRefused extends EsError {
  static tooManyEvents(limit: number): AsOfRefused {
    const message = `more than ${limit} events lie before that time, and the option asOf.maxEvents allows no more to be read`;
    return new AsOfRefused('as-of-too-costly', message, false, { limit });
  }

  static tooSlow(seconds: number): AsOfRefused {
    const message = `reading took more than ${seconds} s, which is what the option asOf.withinMs allows; it may be faster when less is going on`;
    return new AsOfRefused('as-of-too-slow', message, true, { seconds });
  }

  static busy(atOnce: number): AsOfRefused {
    return new AsOfRefused('as-of-busy', `${atOnce} views of the past are being made; ask again`, true, { atOnce });
  }
}
