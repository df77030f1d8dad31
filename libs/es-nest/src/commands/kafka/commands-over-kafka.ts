import { Inject, Injectable } from '@nestjs/common';
import { KafkaContext } from '@nestjs/microservices';
import { ServiceInstances } from '../../instances/service-instances.js';
import { Coordinator } from '../../lifecycle/coordinator.js';
import type { ManagedResource } from '../../lifecycle/managed-resource.js';
import type { Log } from '../../logging/log.js';
import { Metrics } from '../../operations/metrics.js';
import type { EventSourcingSettings, ServiceStorage } from '../../options/event-sourcing-options.js';
import { ServiceEventStore } from '../../store/service-event-store.js';
import { LOG, OPTIONS, STORAGE } from '../../tokens.js';
import { PublicCommands } from '../public-commands.js';
import { answerCommandMessage } from './answer-command-message.js';
import type { CommandTransport } from './command-transport.js';

/** Takes the service's public commands from a topic of Kafka, where it has one and the storage has brokers; what that takes is loaded only then. */
@Injectable()
export class CommandsOverKafka implements ManagedResource {
  #transport: CommandTransport | undefined;

  constructor(
    private readonly store: ServiceEventStore,
    private readonly commands: PublicCommands,
    private readonly instances: ServiceInstances,
    private readonly metrics: Metrics,
    @Inject(STORAGE) private readonly storage: Pick<ServiceStorage, 'commandBroker'>,
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    @Inject(LOG) private readonly log: Log,
    coordinator: Coordinator,
  ) {
    coordinator.add(this, 'worker');
  }

  async open(): Promise<void> {
    const { commands, store, log, instances } = this;
    const { service, commandsTopic } = this.options;
    const broker = this.storage.commandBroker;
    if (!broker || commandsTopic === undefined) return;
    const { CommandTransport } = await import('./command-transport.js');
    const onBatchRefused = (): void => this.metrics.batchRefused();
    this.#transport = new CommandTransport({ broker, service, log, instances, onBatchRefused });
    this.#transport.addHandler(commandsTopic, (_data, context: KafkaContext) =>
      answerCommandMessage(context, { commands, store, log }),
    );
    await this.#transport.listen(() => undefined);
  }

  async close(): Promise<void> {
    await this.#transport?.close();
  }
}
