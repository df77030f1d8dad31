import type { CommandAnswer, CommandMetadata } from '@ledgerline/es-core';
import {
  accepted,
  type AggregateOf,
  ApiRoute,
  ApiStateRoute,
  type AsOfQuery,
  asOfQuery,
  idParam,
  InjectAggregate,
  LOG,
  type Log,
  Meta,
  NotFound,
  ServiceEventStore,
  stateAsOf,
  written,
  type Written,
  writtenAnswer,
} from '@ledgerline/es-nest';
import { ServicePersonalData } from '@ledgerline/es-nest/privacy';
import type { PersonalDataForgotten } from '@ledgerline/events';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { subject } from './subject.aggregate.js';

type Answer = CommandAnswer<typeof subject>;

const { ForgetSubject } = subject.commands;
const subjectView = z.object({
  ...{ subject: z.string(), status: z.literal('forgotten') },
  ...{ forgottenAt: z.string(), reason: z.string().optional() },
});
const rewrapped = z.object({ rewrapped: z.int().describe('Keys that were wrapped with an older master key.') });

@Controller()
export class SubjectController {
  constructor(
    @InjectAggregate(subject) private readonly subjects: AggregateOf<typeof subject>,
    private readonly personal: ServicePersonalData,
    private readonly store: ServiceEventStore,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post('subjects/:id/forget')
  @HttpCode(200)
  @ApiRoute({
    ...{ summary: 'Forgets a person: destroys the key of their personal data, for ever', command: true },
    description: 'The reason is recorded as it is and stays: it must say nothing about the person.',
    ...{ answers: { 200: written }, problems: [400, 404, 409, 412, 413, 415, 422] },
  })
  async forget(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: ForgetSubject.optional() }) body: z.output<typeof ForgetSubject> | undefined,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Written> {
    return writtenAnswer(reply, accepted(await this.#forget(id, body?.reason, metadata)));
  }

  @Get('subjects/:id')
  @ApiStateRoute({ summary: 'Somebody who was forgotten', answers: { 200: subjectView }, problems: [404] })
  async subject(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: asOfQuery }) then: AsOfQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PersonalDataForgotten['data'] & { readonly status: 'forgotten' }> {
    const state = await stateAsOf({ aggregate: this.subjects, id, then, reply }, this.store);
    if (state.status !== 'forgotten') throw new Error(`subject ${id} has events and is not forgotten`);
    return { ...state.forgotten, status: state.status };
  }

  @Post('personal-keys/rewrap')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Wraps the key of every subject with the newest master key',
    ...{ answers: { 200: rewrapped }, problems: [400, 413, 415] },
  })
  async rewrap(): Promise<z.output<typeof rewrapped>> {
    const count = await this.personal.rewrapAll();
    this.log.info('keys-rewrapped', { count });
    return { rewrapped: count };
  }

  /**
   * Records who wanted it and why, and destroys the key. Where only the first was done, the reactor does the rest.
   * @throws NotFound `subject-not-found` where there is no personal data of the subject, nor was
   */
  async #forget(id: string, reason: string | undefined, metadata: CommandMetadata): Promise<Answer> {
    if (!(await this.personal.isKnown(id)))
      throw new NotFound('subject-not-found', `there is no personal data of ${id}`);
    const answer = await this.subjects.send(id, { type: 'ForgetSubject', reason }, metadata);
    if (answer.status === 'accepted') await this.#destroyKey(id, answer.position);
    return answer;
  }

  /** Of a subject that is forgotten; may be repeated. */
  async #destroyKey(id: string, position: string): Promise<void> {
    await this.store.requireReached(position);
    const { state } = this.subjects.stateOf(id);
    if (state.status === 'forgotten') await this.personal.forget(id, state.forgotten.forgottenAt);
  }
}
