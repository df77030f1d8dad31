import { embedded } from '@ledgerline/es-embedded';
import { EventSourcingModule } from '@ledgerline/es-nest';
import { ProjectionsModule } from '@ledgerline/es-nest-projections';
import { Module } from '@nestjs/common';
import { Courier } from './courier.js';
import { ParcelController } from './parcel.controller.js';
import { parcelPage } from './parcel-page.js';
import { parcel } from './parcel.js';
import { ShippingReactor } from './shipping.reactor.js';

@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [parcel] }), ProjectionsModule.forFeature([parcelPage])],
  controllers: [ParcelController],
  providers: [ShippingReactor, Courier],
})
export class ParcelModule {}

@Module({
  imports: [EventSourcingModule.forRoot({ service: 'parcels', storage: embedded({ dataDir: '.data' }) }), ParcelModule],
})
export class AppModule {}
