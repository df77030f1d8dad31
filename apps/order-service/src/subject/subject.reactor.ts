import type { EventOf } from '@ledgerline/es-core';
import { On, Reactor } from '@ledgerline/es-nest';
import { ServicePersonalData } from '@ledgerline/es-nest/privacy';
import { subjectEvents } from '@ledgerline/events';
import { ORDER_PROCESS } from '../order/create-order.js';

/** What was recorded is done, also where the process that recorded it has died before it could. */
@Reactor(ORDER_PROCESS, { from: 'start' })
export class SubjectReactor {
  constructor(private readonly personal: ServicePersonalData) {}

  @On(subjectEvents, 'PersonalDataForgotten')
  async destroyKey({ data: { subject, forgottenAt } }: EventOf<typeof subjectEvents>): Promise<void> {
    await this.personal.forget(subject, forgottenAt);
  }
}
