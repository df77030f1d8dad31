import type { Platform } from '@ledgerline/es-core';
import type { Storage } from '@ledgerline/es-core/adapter';
import { type Log, LOG } from '@ledgerline/es-nest';
import { WATCHED_STORAGE } from '@ledgerline/es-nest/extension';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { type ProjectionsSettings, settingsOf } from './projections-options.js';

export const SETTINGS = 'es:projections-options';

/** What everything here works on: the one place that asks the service for it. */
@Injectable()
export class Surroundings {
  readonly settings: ProjectionsSettings;

  constructor(
    @Inject(WATCHED_STORAGE) readonly storage: Storage,
    @Inject(LOG) readonly log: Log,
    @Optional() @Inject(SETTINGS) settings?: ProjectionsSettings,
  ) {
    this.settings = settings ?? settingsOf({});
  }

  get platform(): Platform {
    return this.storage.platform;
  }
}
