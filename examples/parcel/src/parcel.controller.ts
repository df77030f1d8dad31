import type { BodyOf, CommandMetadata, Position } from '@ledgerline/es-core';
import { type AggregateOf, InjectAggregate, Meta, MinPosition } from '@ledgerline/es-nest';
import { InjectReadModel, type ReadModelOf } from '@ledgerline/es-nest-projections';
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { parcel } from './parcel.js';
import { parcelPage } from './parcel-page.js';

@Controller('parcels')
export class ParcelController {
  constructor(
    @InjectAggregate(parcel) private readonly parcels: AggregateOf<typeof parcel>,
    @InjectReadModel(parcelPage) private readonly pages: ReadModelOf<typeof parcelPage>,
  ) {}

  @Post(':id/ship')
  ship(@Param('id') id: string, @Body() body: BodyOf<typeof parcel, 'ShipParcel'>, @Meta() meta: CommandMetadata) {
    return this.parcels.handle(id, { ...body, type: 'ShipParcel' }, meta);
  }

  @Get(':id')
  page(@Param('id') id: string, @MinPosition() min: readonly Position[]) {
    return this.pages.get(id, { min });
  }
}
