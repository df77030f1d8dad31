import { Aggregate, type CommandAnswer, type CommandMetadata } from '@ledgerline/es-core';
import { NotFound, OwnEventStore, ServicePersonalData } from '@ledgerline/es-nest';
import { SUBJECT, subjectCatalogue, type SubjectEvent } from '@ledgerline/events';
import { Injectable } from '@nestjs/common';
import type { ForgetSubject } from './subject.commands.js';
import { subjectDecider, type SubjectState } from './subject.decider.js';

@Injectable()
export class Subjects extends Aggregate<SubjectState, ForgetSubject, SubjectEvent> {
  constructor(
    private readonly own: OwnEventStore,
    private readonly personal: ServicePersonalData,
  ) {
    const { platform } = own;
    super({
      ...{ store: own, platform, category: SUBJECT, decider: subjectDecider, catalogue: subjectCatalogue },
      code: { from: import.meta.url, modules: ['./subject.decider.js', '@ledgerline/events'] },
    });
  }

  /**
   * Records who wanted it and why, and destroys the key. Where only the first was done, the reactor does the rest.
   * @throws NotFound `subject-not-found` where there is no personal data of the subject, nor was
   */
  async forget(
    subject: string,
    reason: string | undefined,
    metadata: CommandMetadata,
  ): Promise<CommandAnswer<SubjectEvent>> {
    if (!(await this.personal.isKnown(subject)))
      throw new NotFound('subject-not-found', `there is no personal data of ${subject}`);
    const answer = await this.handle(subject, { type: 'ForgetSubject', subject, reason }, metadata);
    if (answer.status === 'accepted') await this.#destroy(subject, answer.position);
    return answer;
  }

  /** Destroys the key of a subject that is forgotten; may be repeated. */
  async #destroy(subject: string, position: string): Promise<void> {
    await this.own.requireReached(position);
    const { state } = this.stateOf(subject);
    if (state.status === 'forgotten') await this.personal.forget(subject, state.forgotten.forgottenAt);
  }
}
