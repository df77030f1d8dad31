import type { AnyAggregate } from '@ledgerline/es-core';
import { isFolded, jsonSchemaOf } from '@ledgerline/es-core/runtime';
import { type JsonSchema, storedSchemas } from '@ledgerline/schema-gate';
import { z } from 'zod';
import type { Catalogue, CommandEntry, Consumer, EventEntry, Sender } from './catalogue.js';
import { exampleOf } from './example.js';
import { rulesOf } from './rules.js';
import type { CataloguedService } from './catalogued-service.js';
import { type CodeDecision, decisionsOf } from './source/decisions.js';
import { type CodeHandler, handlersOf, projectionsIn } from './source/handlers.js';
import { readSource } from './source/program.js';

/** What only the code of the services says. */
export interface Code {
  readonly decisions: readonly CodeDecision[];
  readonly handlers: readonly CodeHandler[];
  /** Names of the constants that are projections. */
  readonly projections: readonly string[];
}

/** Of the services, `apps/<name>` below `root`. */
export const readCode = (root: string, services: readonly CataloguedService[]): Code => {
  const names = services.map(({ name }) => name);
  const source = readSource(root, names);
  const commandsOf = (category: string): readonly string[] =>
    ownersIn(services).flatMap(({ aggregate }) =>
      aggregate.category === category ? Object.keys(aggregate.commands) : [],
    );
  return {
    decisions: names.flatMap((name) => decisionsOf(source, name, commandsOf)),
    handlers: names.flatMap((name) => handlersOf(source, name)),
    projections: names.flatMap((name) => projectionsIn(source, name)),
  };
};

interface Owner {
  readonly service: CataloguedService;
  readonly aggregate: AnyAggregate;
}

const ownersIn = (services: readonly CataloguedService[]): readonly Owner[] =>
  services.flatMap((service) => (service.aggregates ?? []).map((aggregate) => ({ service, aggregate })));

/** What is read together. */
interface Shop {
  readonly code: Code;
  readonly services: readonly CataloguedService[];
  readonly owners: readonly Owner[];
  /** Of all commands. */
  readonly commands: ReadonlySet<string>;
}

/** Of the services, from their aggregates and their code. @throws Error where the two do not agree */
export const catalogueOf = (code: Code, services: readonly CataloguedService[], version: string): Catalogue => {
  const owners = ownersIn(services);
  const commands = new Set(owners.flatMap(({ aggregate }) => Object.keys(aggregate.commands)));
  const shop = { code, services, owners, commands };
  requireAllProjections(shop);
  requireKnownPatterns(shop);
  return {
    version,
    services: services.map(({ name, description, aggregates: [first] = [], commandsTopic }) => ({
      ...{ name, description },
      ...(first && { topic: first.events.topic }),
      ...(commandsTopic !== undefined && { commandTopic: commandsTopic }),
    })),
    events: owners.flatMap((owner) => eventsOf(owner, shop)),
    commands: owners.flatMap((owner) => commandsOf(owner, shop)),
  };
};

const requireAllProjections = ({ code: { projections }, services }: Shop): void => {
  const exported = services.flatMap((service) => service.projections);
  if (exported.length !== projections.length)
    throw new Error(`${projections.join(', ')} are projections, and ${exported.length} are exported`);
};

/** A reactor that waits for a name that nobody records waits for ever. */
const requireKnownPatterns = ({ code: { handlers }, owners }: Shop): void => {
  const known = new Set(
    owners.flatMap(({ aggregate: { events } }) => [
      ...Object.keys(events.definitions),
      ...events.rejects.map(rejectionOf),
    ]),
  );
  for (const { name, trigger } of handlers)
    if (trigger.kind === 'event' && !known.has(trigger.event))
      throw new Error(`${name} reacts to ${trigger.event}, which nobody records`);
};

const rejectionOf = (command: string): string => `${command}Rejected`;

// ---- events

const eventsOf = ({ service, aggregate: { category, events } }: Owner, shop: Shop): readonly EventEntry[] => {
  const stored = storedSchemas([events]);
  const decisions = shop.code.decisions.filter((decision) => decision.category === category);
  return [...new Set(stored.map(({ event }) => event))].map((name) => {
    const versions = stored.filter(({ event }) => event === name).reverse();
    const [today] = versions;
    if (!today) throw new Error(`${name} has no schema`);
    return {
      ...{ name, topic: events.topic, service: service.name, category, versions },
      ...{ description: today.zod.description ?? '', example: exampleOf(today.schema) },
      commands: decisions.filter(({ makes }) => makes.has(name)).map(({ command }) => command),
      consumers: [
        ...reactorsTo(name, shop),
        ...deadlinesSetBy(name, shop),
        ...shop.services.flatMap((reader) => readModelsOf(name, events.topic, reader)),
      ],
    };
  });
};

const reactorsTo = (event: string, { code: { handlers }, commands }: Shop): readonly Consumer[] =>
  handlers
    .filter(({ trigger }) => trigger.kind === 'event' && trigger.event === event)
    .map(({ service, name, makes }) => {
      return { service, name, kind: 'reactor', sends: [...makes].filter((type) => commands.has(type)) };
    });

/** By command, the events that set it a deadline or take it away. */
const deadlinesOf = (aggregate: AnyAggregate): readonly (readonly [string, readonly string[]])[] => {
  const { deadlines = {} } = aggregate as { readonly deadlines?: Readonly<Record<string, object>> };
  return Object.entries(deadlines).map(([command, byEvent]) => [command, Object.keys(byEvent)]);
};

const deadlinesSetBy = (event: string, { owners }: Shop): readonly Consumer[] =>
  owners.flatMap(({ service, aggregate }) => {
    const sends = deadlinesOf(aggregate).flatMap(([command, events]) => (events.includes(event) ? [command] : []));
    return sends.length === 0
      ? []
      : [{ service: service.name, name: aggregate.category, kind: 'deadline' as const, sends }];
  });

/** A read model consumes the events that its projection names. */
const readModelsOf = (event: string, topic: string, service: CataloguedService): readonly Consumer[] =>
  service.projections
    .filter((projection) => projection.from.some((one) => one.topic === topic) && isFolded(projection, event))
    .map(({ name }) => ({ service: service.name, name, kind: 'read-model', sends: [] }));

// ---- commands

const commandsOf = ({ service, aggregate }: Owner, shop: Shop): readonly CommandEntry[] => {
  const { category, commands, events, internal = [] } = aggregate;
  return Object.entries(commands).map(([name, schema]) => {
    const decision = shop.code.decisions.find((one) => one.category === category && one.command === name);
    const fields = jsonSchemaOf(schema);
    if (!decision || !fields) throw new Error(`${name} has no schema that JSON Schema can say, or no rule in the code`);
    const isPublic = !internal.includes(name);
    const isRecorded = (event: string): boolean => decision.makes.has(event);
    return {
      ...{ name, service: service.name, category, isPublic, schema: fields as JsonSchema & object },
      description: typeof fields['description'] === 'string' ? fields['description'] : '',
      rules: new Map(schema instanceof z.ZodType ? rulesOf(schema) : []),
      senders: [...(isPublic ? fromOutside(service) : []), ...sendersOf(name, isPublic, shop)],
      rejections: decision.rejections,
      events: Object.keys(events.definitions).filter(isRecorded),
      rejectionConsumers: reactorsTo(rejectionOf(name), shop),
    };
  });
};

/** The ways that all public commands of a service come in. */
const fromOutside = ({ name: service, commandsTopic }: CataloguedService): readonly Sender[] => [
  { service, kind: 'http', by: 'POST /commands' },
  ...(commandsTopic === undefined ? [] : [{ service, kind: 'message' as const, by: commandsTopic }]),
];

const sendersOf = (command: string, isPublic: boolean, shop: Shop): readonly Sender[] => {
  const { code, owners, services } = shop;
  const isEvent = (name: string): boolean => owners.some(({ aggregate }) => name in aggregate.events.definitions);
  const sent = code.handlers
    .filter(({ makes, trigger }) => makes.has(command) && !(isPublic && trigger.kind === 'command'))
    .flatMap(({ service, trigger }): readonly Sender[] => {
      switch (trigger.kind) {
        case 'http':
          return [{ service, kind: 'http', by: `${trigger.method} ${trigger.path}` }];
        case 'command':
          return services.filter((one) => one.name === service).flatMap(fromOutside);
        case 'event':
          return [{ service, kind: isEvent(trigger.event) ? 'event' : 'rejection', by: trigger.event }];
      }
    });
  return [...sent, ...atDeadline(command, shop)];
};

const atDeadline = (command: string, { owners }: Shop): readonly Sender[] =>
  owners.flatMap(({ service, aggregate }) =>
    deadlinesOf(aggregate)
      .filter(([name]) => name === command)
      // The first is what it begins with.
      .flatMap(([, events]) =>
        events.slice(0, 1).map((by) => ({ service: service.name, kind: 'deadline' as const, by })),
      ),
  );
