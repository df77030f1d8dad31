import { embedded } from '@ledgerline/es-embedded';
import { EventSourcingModule } from '@ledgerline/es-nest';
import { ProjectionsModule } from '@ledgerline/es-nest-projections';
import { Module } from '@nestjs/common';
import { LoyaltyModule } from './loyalty.module.js';

const YEAR_MS = 365 * 86_400_000;

/** In the directory of the shop, where the orders are. */
@Module({
  imports: [
    EventSourcingModule.forRoot({
      service: 'loyalty-service',
      storage: embedded({ dataDir: process.env['DATA_DIR'] ?? '.data' }),
      settings: { pointsKeptMs: YEAR_MS },
      routes: {},
    }),
    ProjectionsModule.forRoot({ routes: {} }),
    LoyaltyModule,
  ],
})
export class AppModule {}
