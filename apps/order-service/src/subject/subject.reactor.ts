import type { EventOf } from '@ledgerline/es-core';
import { ServicePersonalData } from '@ledgerline/es-nest';
import type { subjectEvents } from '@ledgerline/events';
import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';

/** What was recorded is done, also where the process that recorded it has died before it could. */
@Controller()
export class SubjectReactor {
  constructor(private readonly personal: ServicePersonalData) {}

  @EventPattern('PersonalDataForgotten')
  async destroyKey({ data: { subject, forgottenAt } }: EventOf<typeof subjectEvents>): Promise<void> {
    await this.personal.forget(subject, forgottenAt);
  }
}
