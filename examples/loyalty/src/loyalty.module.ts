import { EventSourcingModule } from '@ledgerline/es-nest';
import { ProjectionsModule } from '@ledgerline/es-nest-projections';
import { Module } from '@nestjs/common';
import { account } from './account.js';
import { AccountsController } from './accounts.controller.js';
import { EarningReactor } from './earning.reactor.js';
import { loyaltyCard } from './loyalty-card.js';

@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [account] }), ProjectionsModule.forFeature([loyaltyCard])],
  controllers: [AccountsController],
  providers: [EarningReactor],
})
export class LoyaltyModule {}
