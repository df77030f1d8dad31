import { formatPosition } from '@ledgerline/es-core';
import type { Unsettled } from '@ledgerline/es-core/runtime';
import { Controller, Get } from '@nestjs/common';
import { z } from 'zod';
import { factsOf } from '../logging/log.js';
import { ApiRoute } from '../openapi/api-route.js';
import { ReactorHost } from '../reactions/reactor-host.js';
import { ServiceEventStore } from '../store/service-event-store.js';

const reactorPartition = z.object({
  topic: z.string(),
  partition: z.int(),
  ordinal: z.int().describe('Everything up to it was dealt with.'),
  underWay: z.int().describe('Messages that this instance is dealing with.'),
  parked: z.int().describe('Streams that this instance holds there; see GET /parked.'),
  oldest: z
    .object({ stream: z.string(), type: z.string(), time: z.string(), failure: z.string().optional() })
    .optional()
    .describe('Of the messages under way the one that waits longest: when it was recorded, and why it failed last.'),
  failure: z.string().optional(),
});
const reactor = z.object({
  name: z.string().describe('The service, and a topic that it reacts to.'),
  reactorName: z.string().describe('Of a service that has several, each deals with the topic by itself.'),
  partitions: z.array(reactorPartition),
});
const reactors = z.object({ items: z.array(reactor) });
const heads = z.object({ items: z.array(z.object({ topic: z.string(), partition: z.int(), position: z.string() })) });

/** How far things are: what an import waits for, and what a person looks at when they are not. */
@Controller()
export class ProgressController {
  constructor(
    private readonly store: ServiceEventStore,
    private readonly host: ReactorHost,
  ) {}

  @Get('reactors')
  @ApiRoute({ summary: 'How far each reactor has dealt with each partition', answers: { 200: reactors } })
  async reactors(): Promise<z.output<typeof reactors>> {
    const items = (await this.host.reportAll()).map(({ name, reactorName, partitions }) => ({
      ...{ name, reactorName },
      partitions: partitions.map(({ failure, oldest, ...place }) => ({
        ...place,
        ...(oldest && { oldest: unsettledView(oldest) }),
        ...failureView(failure),
      })),
    }));
    return { items };
  }

  @Get('log')
  @ApiRoute({ summary: "The heads of the service's own topic", answers: { 200: heads } })
  async heads(): Promise<z.output<typeof heads>> {
    const items = (await this.store.currentHeads()).map((head) => ({
      ...{ topic: head.topic, partition: head.partition, position: formatPosition(head) },
    }));
    return { items };
  }
}

const unsettledView = ({ stream, type, time, failure }: Unsettled) => ({ stream, type, time, ...failureView(failure) });

const failureView = (failure: unknown): { readonly failure?: string } =>
  failure === undefined ? {} : { failure: String(factsOf(failure)['reason']) };
