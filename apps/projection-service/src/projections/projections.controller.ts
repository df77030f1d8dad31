import type { Position } from '@ledgerline/es-core';
import { ApiReadRoute, ApiRoute, MinPosition, noQuery } from '@ledgerline/es-nest';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiStreamRoute } from '../live/api-stream-route.js';
import type { EventStream } from '../live/event-stream.js';
import { LiveViews } from '../live/live-views.js';
import { FollowedFrom, type StreamStart } from '../live/stream-start.js';
import { Answers } from '../read-models/answers.js';
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

@Controller('projections')
export class ProjectionsController {
  constructor(
    private readonly readModels: ReadModels,
    private readonly answers: Answers,
    private readonly live: LiveViews,
    private readonly verifications: Verifications,
  ) {}

  /** With positions to wait for, all projections have to have applied them. */
  @Get()
  @ApiReadRoute({ summary: 'How far each projection has come', answers: { 200: projectionsAnswer } })
  list(
    @Query({ schema: noQuery }) _query: object,
    @MinPosition() min: readonly Position[],
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof projectionsAnswer>> {
    return this.answers.once(projectionStatus(this.readModels), min, reply);
  }

  @Get('stream')
  @ApiStreamRoute({ summary: 'How far each projection has come, whenever one goes on', of: 'GET /projections' })
  follow(
    @Query({ schema: noQuery }) _query: object,
    @FollowedFrom() start: StreamStart,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventStream | undefined> {
    return this.live.follow(projectionStatus(this.readModels), start, reply);
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
