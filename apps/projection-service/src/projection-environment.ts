import { environment, wholeNumber } from '@ledgerline/es-nest';
import type { z } from 'zod';

export const projectionEnvironment = environment.extend({
  /** How long the generation of a read model that was live before is kept for a rollback. */
  KEEP_PREVIOUS_S: wholeNumber(0, 31_536_000).default(86_400),
});

export type ProjectionConfig = z.output<typeof projectionEnvironment>;
