import { Coordinator, type ManagedResource } from '@ledgerline/es-nest/extension';
import { Injectable } from '@nestjs/common';
import { ReadModels } from '../read-models/read-models.js';
import { Verifications } from '../verification/verifications.js';

/**
 * The life of the read models, which the coordinator of event sourcing keeps: their stores open in the background from the start on and
 * are closed behind the last answer; the service is ready once each is open or known to wait, and then samples are checked.
 */
@Injectable()
export class Projections implements ManagedResource {
  constructor(
    coordinator: Coordinator,
    private readonly readModels: ReadModels,
    private readonly verifications: Verifications,
  ) {
    coordinator.add(readModels, 'store');
    coordinator.add(this, 'worker');
  }

  async open(): Promise<void> {
    await this.readModels.opened;
    this.verifications.start();
  }

  async close(): Promise<void> {
    await this.verifications.close();
  }
}
