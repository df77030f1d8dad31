import { Controller, Get, Res } from '@nestjs/common';
import { z } from 'zod';
import { ApiRoute } from '../openapi/api-route.js';
import { type AnyReply, setHeaders } from '../http/reply.js';
import { Metrics } from './metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @ApiRoute({ summary: 'Metrics for Prometheus', answers: { 200: z.string() }, produces: 'text/plain' })
  async read(@Res({ passthrough: true }) reply: AnyReply): Promise<string> {
    setHeaders(reply, { 'content-type': this.metrics.registry.contentType });
    return this.metrics.registry.metrics();
  }
}
