import type { InjectionToken } from '@nestjs/common';

/** Something with a lifetime that a service works on. */
export interface ServicePart {
  /** Called once, when HTTP already listens. The service is ready when all of its parts have been opened. */
  open(): Promise<void>;
  /** Called once. Where `open` is still under way it ends that, or waits for it. */
  close(): Promise<void>;
  /** Why it does not work any more, once that is so: the service is then no longer ready. */
  readonly failure?: unknown;
}

export type ServicePartToken = InjectionToken<ServicePart>;
