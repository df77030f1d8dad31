import type { Platform } from '@ledgerline/es-core';
import type { Storage } from '@ledgerline/es-core/adapter';
import { type Log, LOG, STORAGE } from '@ledgerline/es-nest';
import { Inject, Injectable } from '@nestjs/common';
import type { ProjectionsSettings } from './projections-options.js';

export const SETTINGS = 'es:projections-options';

/** What everything here works on: the one place that asks the service for it. */
@Injectable()
export class Surroundings {
  constructor(
    @Inject(STORAGE) readonly storage: Storage,
    @Inject(LOG) readonly log: Log,
    @Inject(SETTINGS) readonly settings: ProjectionsSettings,
  ) {}

  get platform(): Platform {
    return this.storage.platform;
  }
}
