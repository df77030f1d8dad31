import type { BodyOf, CommandMetadata, Position } from '@ledgerline/es-core';
import { type AggregateOf, InjectAggregate, Meta, MinPosition } from '@ledgerline/es-nest';
import { InjectReadModel, type ReadModelOf } from '@ledgerline/es-nest-projections';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { account } from './account.js';
import { loyaltyCard } from './loyalty-card.js';

@Controller('accounts')
export class AccountsController {
  constructor(
    @InjectAggregate(account) private readonly accounts: AggregateOf<typeof account>,
    @InjectReadModel(loyaltyCard) private readonly cards: ReadModelOf<typeof loyaltyCard>,
  ) {}

  @Post(':id/redeem')
  redeem(@Param('id') id: string, @Body() body: BodyOf<typeof account, 'RedeemPoints'>, @Meta() meta: CommandMetadata) {
    return this.accounts.handle(id, { ...body, type: 'RedeemPoints' }, meta);
  }

  @Get(':id')
  card(@Param('id') id: string, @MinPosition() min: readonly Position[]) {
    return this.cards.get(id, { min });
  }
}
