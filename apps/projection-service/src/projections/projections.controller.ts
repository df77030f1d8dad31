import { EsError, partitionKey, type Position } from '@ledgerline/es-core';
import { ApiRoute, noQuery } from '@ledgerline/es-nest';
import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { ApiReadRoute } from '../read-models/api-read-route.js';
import { MinPosition } from '../read-models/min-position.js';
import type { AnyReadModel } from '../read-models/read-model.js';
import { generationAnswer, generationView } from '../generations/generation-view.js';
import { ReadModels } from '../read-models/read-models.js';

const partitionAnswer = z.object({
  topic: z.string(),
  partition: z.int(),
  ordinal: z.int().describe('How many records were applied.'),
  head: z.int().optional().describe('How many there are; absent, with the lag, when the log cannot be read.'),
  lag: z.int().optional(),
  refused: z.int().describe('Records that did not count since the service started.'),
  failure: z
    .object({ code: z.string(), message: z.string() })
    .optional()
    .describe('Why it stands still: until the service is started again, or until fewer documents are parked.'),
});
const projectionAnswer = z.object({
  ...{ name: z.string(), revision: z.int(), partitions: z.array(partitionAnswer) },
  generations: z.array(generationAnswer),
});
const projectionsAnswer = z.object({ items: z.array(projectionAnswer) });
const verificationAnswer = z.object({
  checked: z.int().describe('Documents that were compared.'),
  divergent: z.array(
    z.object({
      id: z.string(),
      problem: z.enum(['missing', 'extra', 'different']),
      fields: z.array(z.string()).optional(),
    }),
  ),
});

@Controller('projections')
export class ProjectionsController {
  constructor(private readonly readModels: ReadModels) {}

  /** With positions to wait for, all projections have to have applied them. */
  @Get()
  @ApiReadRoute({ summary: 'How far each projection has come', answers: { 200: projectionsAnswer } })
  async list(
    @Query({ schema: noQuery }) _query: object,
    @MinPosition() min: readonly Position[],
  ): Promise<z.output<typeof projectionsAnswer>> {
    await Promise.all(this.readModels.all.map((model) => this.readModels.reached(model, min)));
    const heads = await this.readModels.heads();
    return { items: await Promise.all(this.readModels.all.map((model) => projectionView(model, heads))) };
  }

  @Post(':name/verify')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Hold every document against a replay of the log',
    answers: { 200: verificationAnswer },
    problems: [404, 409],
  })
  async verify(
    @Param('name') name: string,
    @Query({ schema: noQuery }) _query: object,
  ): Promise<z.output<typeof verificationAnswer>> {
    return this.readModels.named(name).verify();
  }
}

const projectionView = async (
  model: AnyReadModel,
  heads: ReadonlyMap<string, number>,
): Promise<z.output<typeof projectionAnswer>> => ({
  name: model.name,
  revision: model.revision,
  generations: (await model.generations(heads)).map(generationView),
  partitions: model.status().map(({ failure, ...status }) => {
    const head = heads.get(partitionKey(status.topic, status.partition));
    return {
      ...status,
      // Applied meanwhile: the head was looked up a moment before.
      ...(head !== undefined && { head: Math.max(head, status.ordinal), lag: Math.max(0, head - status.ordinal) }),
      ...(failure !== undefined && { failure: failureView(failure) }),
    };
  }),
});

const failureView = (failure: unknown): { code: string; message: string } =>
  failure instanceof EsError
    ? { code: failure.code, message: failure.message }
    : { code: 'internal-error', message: 'a bug; it was logged when it happened' };
