import type { Position } from '@ledgerline/es-core';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ask, type Question } from './question.js';
import { ReadModels } from './read-models.js';

/** Answers queries, and says with each answer how fresh it is. */
@Injectable()
export class Answers {
  constructor(private readonly readModels: ReadModels) {}

  /**
   * The view once `min` was applied. `X-Position` is set, also where nothing is there: that is as fresh an answer.
   * @throws NotFound the question's own; what `ReadModels.reached` throws.
   */
  async once<View>(question: Question<View>, min: readonly Position[], reply: FastifyReply): Promise<View> {
    await this.readModels.reached(question.models, min);
    const { view } = await ask(question, (position) => void reply.header('X-Position', position));
    return view;
  }
}
