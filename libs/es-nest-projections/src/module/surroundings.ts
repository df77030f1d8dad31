import type { Platform } from '@ledgerline/es-core';
import { type Adapters, ADAPTERS, type Log, LOG } from '@ledgerline/es-nest';
import { Inject, Injectable } from '@nestjs/common';
import type { ProjectionsSettings } from './projections-options.js';

export const SETTINGS = 'es:projections-options';

/** What everything here works on: the one place that asks the service for it. */
@Injectable()
export class Surroundings {
  constructor(
    @Inject(ADAPTERS) readonly adapters: Pick<Adapters, 'platform' | 'foreignLog' | 'readModels'>,
    @Inject(LOG) readonly log: Log,
    @Inject(SETTINGS) readonly settings: ProjectionsSettings,
  ) {}

  get platform(): Platform {
    return this.adapters.platform;
  }
}
