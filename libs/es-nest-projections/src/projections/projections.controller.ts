import type { Position } from '@ledgerline/es-core';
import { ApiReadRoute, ApiRoute, MinPosition, noQuery } from '@ledgerline/es-nest';
import { Body, Controller, Get, HttpCode, Param, Post, Query, type StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { answering } from '../answers/answering.js';
import { ApiStreamRoute } from '../live/api-stream-route.js';
import { LiveQueries } from '../live/live-queries.js';
import { FollowedFrom, type StreamStart } from '../live/stream-start.js';
import { run } from '../read-models/query.js';
import { ReadModels } from '../read-models/read-models.js';
import { type Verification, verification } from '../verification/verification.js';
import { Verifications } from '../verification/verifications.js';
import { projectionsAnswer, projectionStatus } from './projection-status.js';

const sampleRule = 'must be a number above 0 and at most 100: the percentage of the documents';
const verifyBody = z
  .strictObject({
    sample: z.number({ error: sampleRule }).positive({ error: sampleRule }).max(100, { error: sampleRule }).optional(),
  })
  .optional();
type VerifyBody = z.output<typeof verifyBody>;

@Controller()
export class ProjectionsController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly live: LiveQueries,
    private readonly verifications: Verifications,
  ) {}

  /** With positions to wait for, all projections have to have applied them. */
  @Get()
  @ApiReadRoute({ summary: 'How far each projection has come', answers: { 200: projectionsAnswer } })
  async list(
    @Query({ schema: noQuery }) _query: object,
    @MinPosition() min: readonly Position[],
  ): Promise<z.output<typeof projectionsAnswer>> {
    const status = projectionStatus(this.readModels);
    await this.readModels.reached(status.models, min);
    const { view } = await run(status, (position) => answering()?.setHeader('X-Position', position));
    return view;
  }

  @Get('stream')
  @ApiStreamRoute({ summary: 'How far each projection has come, whenever one goes on', of: 'GET /projections' })
  follow(
    @Query({ schema: noQuery }) _query: object,
    @FollowedFrom() start: StreamStart,
  ): Promise<StreamableFile | undefined> {
    return this.live.follow(projectionStatus(this.readModels), start);
  }

  @Post(':name/verify')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Hold the documents, or a sample of them, against a replay of the log',
    answers: { 200: verification },
    problems: [400, 404, 409],
  })
  async verify(@Param('name') name: string, @Body({ schema: verifyBody }) body: VerifyBody): Promise<Verification> {
    return await this.verifications.verify(this.readModels.named(name), body?.sample);
  }
}
