import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { ServiceRehearsal } from '../rehearsal/service-rehearsal.js';
import type { ListenOptions } from './start-service.js';

/** A service as one process runs it. */
export interface ServiceToRun extends ListenOptions {
  readonly module: Type | DynamicModule;
  /** Of a service that only reads, what it comes to when the log is read by this code; what it writes is replayed otherwise. */
  readonly rehearse?: (app: INestApplication) => Promise<ServiceRehearsal>;
}
