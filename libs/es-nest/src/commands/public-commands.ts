import type { AnyAggregate, CommandAnswer, CommandMetadata, CommandOf, Schema } from '@ledgerline/es-core';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { HostedAggregates } from '../aggregates/hosted-aggregates.js';
import { handledCommand } from './handles-command.js';

type Handle = (id: string, command: CommandOf<AnyAggregate>, metadata: CommandMetadata) => Promise<CommandAnswer>;

/** A command that anybody may give, under one of the aggregates that know it. */
export interface PublicCommand {
  /** Of the streams it is for. */
  readonly category: string;
  /** Of its fields. */
  readonly schema: Schema;
  /** Decides it for the instance `id`; its fields have been through the schema. */
  readonly handle: Handle;
}

/** What has to be known of them to run one. */
export type KnownCommands = Pick<PublicCommands, 'names' | 'retriable' | 'isInternal' | 'named'>;

/** What the service takes from outside, whichever way it comes in. */
@Injectable()
export class PublicCommands implements OnModuleInit {
  /** By category and type: methods that handle a command in place of its aggregate. */
  readonly #methods = new Map<string, Handle>();

  constructor(
    private readonly hosted: HostedAggregates,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    for (const { instance } of [...this.discovery.getProviders(), ...this.discovery.getControllers()])
      if (typeof instance === 'object' && instance !== null)
        this.#methodsOf(instance as Readonly<Record<string, unknown>>);
  }

  /** In the order in which the aggregates declare them. */
  get names(): readonly string[] {
    const names = this.hosted.all.flatMap(({ aggregate: { commands, internal = [] } }) =>
      Object.keys(commands).filter((name) => !internal.includes(name)),
    );
    return [...new Set(names)];
  }

  /** Codes of rules that may say yes later, without anybody changing the command. */
  get retriable(): readonly string[] {
    return this.hosted.all.flatMap(({ aggregate }) => aggregate.retriable ?? []);
  }

  /** True for a command that only the process gives. */
  isInternal(type: string): boolean {
    return this.hosted.all.some(({ aggregate: { internal = [] } }) => internal.includes(type));
  }

  /** Of every aggregate that has a public command of this name. */
  named(type: string): readonly PublicCommand[] {
    return this.hosted.all.flatMap(({ aggregate: { category, commands, internal = [] }, handler }) => {
      const schema = internal.includes(type) ? undefined : commands[type];
      const handle: Handle = (id, command, metadata) =>
        (this.#methods.get(keyOf(category, type)) ?? handler.send.bind(handler))(id, command, metadata);
      return schema ? [{ category, schema, handle }] : [];
    });
  }

  #methodsOf(instance: Readonly<Record<string, unknown>>): void {
    for (const name of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
      const method = instance[name];
      const handled = typeof method === 'function' ? handledCommand(method) : undefined;
      if (handled) this.#methods.set(keyOf(handled.category, handled.type), (method as Handle).bind(instance));
    }
  }
}

const keyOf = (category: string, type: string): string => `${category}/${type}`;
