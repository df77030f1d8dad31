import { ApiRoute, noQuery } from '@ledgerline/es-nest';
import { Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import type { AnyReadModel } from '../read-models/running-read-model.js';
import { ReadModels } from '../read-models/read-models.js';
import { generationAnswer, generationView } from './generation-view.js';

const generationsAnswer = z.object({ name: z.string(), generations: z.array(generationAnswer) });
type GenerationsAnswer = z.output<typeof generationsAnswer>;

@Controller()
export class GenerationsController {
  constructor(private readonly readModels: ReadModels) {}

  /** A repeat while one is filled changes nothing. */
  @Post('rebuild')
  @HttpCode(202)
  @ApiRoute({
    summary: 'Fill a new generation of the read model while the live one answers, and switch to it once it is filled',
    answers: { 202: generationsAnswer },
    problems: [404],
  })
  async rebuild(@Param('name') name: string, @Query({ schema: noQuery }) _query: object): Promise<GenerationsAnswer> {
    const model = this.readModels.named(name);
    await model.generations.rebuild();
    return this.#answer(model);
  }

  /** A repeat lets the two change places again. */
  @Post('rollback')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Let the generation answer that was live before',
    answers: { 200: generationsAnswer },
    problems: [404, 409],
  })
  async rollback(@Param('name') name: string, @Query({ schema: noQuery }) _query: object): Promise<GenerationsAnswer> {
    const model = this.readModels.named(name);
    await model.generations.rollback();
    return this.#answer(model);
  }

  async #answer(model: AnyReadModel): Promise<GenerationsAnswer> {
    const heads = await this.readModels.heads();
    return { name: model.name, generations: (await model.generations.list(heads)).map(generationView) };
  }
}
