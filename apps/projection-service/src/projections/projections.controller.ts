import type { Position } from '@ledgerline/es-core';
import { ApiRoute, noQuery } from '@ledgerline/es-nest';
import { Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiStreamRoute } from '../live/api-stream-route.js';
import type { EventStream } from '../live/event-stream.js';
import { LiveViews } from '../live/live-views.js';
import { FollowedFrom, type StreamStart } from '../live/stream-start.js';
import { Answers } from '../read-models/answers.js';
import { ApiReadRoute } from '../read-models/api-read-route.js';
import { MinPosition } from '../read-models/min-position.js';
import { ReadModels } from '../read-models/read-models.js';
import { projectionsAnswer, projectionStatus } from './projection-status.js';

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
  constructor(
    private readonly readModels: ReadModels,
    private readonly answers: Answers,
    private readonly live: LiveViews,
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
