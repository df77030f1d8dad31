import { Coordinator, type ServicePart } from '@ledgerline/es-nest';
import { Injectable } from '@nestjs/common';
import { ReadModels } from '../read-models/read-models.js';
import { Verifications } from '../verification/verifications.js';

/** The read models of a service as one of its parts: opened with it, closed with it, and part of whether it is ready. */
@Injectable()
export class Projections implements ServicePart {
  constructor(
    private readonly readModels: ReadModels,
    private readonly verifications: Verifications,
    coordinator: Coordinator,
  ) {
    coordinator.add(this, 'store');
  }

  get failure(): unknown {
    return this.readModels.failure;
  }

  get degraded(): readonly string[] {
    return this.readModels.degraded;
  }

  async open(): Promise<void> {
    await this.readModels.open();
    this.verifications.start();
  }

  async close(): Promise<void> {
    await this.verifications.close();
    await this.readModels.close();
  }
}
