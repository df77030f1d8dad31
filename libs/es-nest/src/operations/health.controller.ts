import { Controller, Get } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { z } from 'zod';
import { EsError } from '@ledgerline/es-core';
import { ServiceInstances } from '../instances/service-instances.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import { ApiRoute } from '../openapi/api-route.js';

const health = z.looseObject({ status: z.string() });
const service = z.looseObject({
  status: z.string(),
  degraded: z.array(z.string()).optional().describe('What does not work as it should, a sentence each.'),
});
const readiness = health.extend({ details: z.looseObject({ service }) });

@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly coordinator: Coordinator,
    private readonly instances: ServiceInstances,
  ) {}

  /** The process runs and answers; nothing else is asked. */
  @Get('live')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiRoute({ summary: 'Whether the process answers', answers: { 200: health } })
  live(): Promise<HealthCheckResult> {
    return this.checks.check([]);
  }

  /** Everything the service works on is open and caught up, and it takes commands; what is not as it should be all the same is in the details. */
  @Get('ready')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiRoute({ summary: 'Whether the service takes requests', answers: { 200: readiness } })
  async ready(): Promise<HealthCheckResult> {
    const { state, failure, degraded } = this.coordinator;
    if (failure !== undefined) throw failure instanceof EsError ? failure : new ServiceNotReady('failed');
    if (state !== 'ready') throw new ServiceNotReady(state);
    const details: Readonly<Record<string, readonly string[]>> = degraded.length > 0 ? { degraded } : {};
    if (this.instances.standby) throw this.instances.standby;
    return this.checks.check([() => this.indicators.check('service').up(details)]);
  }
}
