import type { InjectionToken } from '@nestjs/common';

/** Something with a lifetime that a service works on. */
export interface ServicePart {
  /** Called once, when HTTP already listens. The service is ready when all of its parts have been opened. */
  open(): Promise<void>;
  /** Called once. Where `open` is still under way it ends that, or waits for it. */
  close(): Promise<void>;
  /** Why it does not work, once it was opened; it may work again by itself. The service is not ready while there is one. */
  readonly failure?: unknown;
}

export type ServicePartToken = InjectionToken<ServicePart>;
