import { type EventTopic, storedSchemas } from '@ledgerline/schema-gate';
import { isFolded } from '@ledgerline/es-core';
import { z } from 'zod';
import type { Catalogue, CommandEntry, Consumer, EventEntry, Sender } from './catalogue.js';
import { exampleOf } from './example.js';
import { rulesOf } from './rules.js';
import type { CataloguedService } from './shop.js';
import { aggregatesOf, type CodeAggregate } from './source/aggregates.js';
import { type CodeHandler, handlersOf, projectionsIn } from './source/handlers.js';
import { readSource } from './source/program.js';

/** What the code of the services says. */
export interface Code {
  readonly aggregates: readonly CodeAggregate[];
  readonly handlers: readonly CodeHandler[];
  /** Names of the constants that are projections. */
  readonly projections: readonly string[];
}

/** Of the services, `apps/<name>` below `root`. */
export const readCode = (root: string, services: readonly string[]): Code => {
  const source = readSource(root, services);
  return {
    aggregates: services.flatMap((name) => aggregatesOf(source, name)),
    handlers: services.flatMap((name) => handlersOf(source, name)),
    projections: services.flatMap((name) => projectionsIn(source, name)),
  };
};

/** Of the services, from their schemas and their code. @throws Error where the two do not agree */
export const catalogueOf = (code: Code, services: readonly CataloguedService[], version: string): Catalogue => {
  requireAllProjections(code, services);
  requireKnownPatterns(code);
  const order = services.flatMap(({ ownTopic }) => ownTopic?.catalogue.types.map(({ name }) => name) ?? []);
  const placeOf = ({ events }: CodeAggregate): number => order.findIndex((name) => events.includes(name));
  return {
    version,
    services: services.map(({ name, description, ownTopic, commandTopic }) => ({
      ...{ name, description },
      ...(ownTopic && { topic: ownTopic.topic }),
      ...(commandTopic !== undefined && { commandTopic }),
    })),
    events: services.flatMap(({ ownTopic }) => (ownTopic ? eventsOf(ownTopic, services, code) : [])),
    commands: [...code.aggregates]
      .sort((a, b) => placeOf(a) - placeOf(b))
      .flatMap((aggregate) => commandsOf(aggregate, services, code)),
  };
};

const requireAllProjections = ({ projections }: Code, services: readonly CataloguedService[]): void => {
  const exported = services.flatMap((service) => service.projections);
  if (exported.length !== projections.length)
    throw new Error(`${projections.join(', ')} are projections, and ${exported.length} are exported`);
};

/** A reactor that waits for a name that nobody records waits for ever. */
const requireKnownPatterns = ({ aggregates, handlers }: Code): void => {
  const known = new Set(
    aggregates.flatMap(({ events, commands }) => [...events, ...commands.map(({ name }) => rejectionOf(name))]),
  );
  for (const { name, trigger } of handlers)
    if (trigger.kind === 'event' && !known.has(trigger.event))
      throw new Error(`${name} reacts to ${trigger.event}, which nobody records`);
};

const rejectionOf = (command: string): string => `${command}Rejected`;

// ---- events

const eventsOf = (own: EventTopic, services: readonly CataloguedService[], code: Code): readonly EventEntry[] => {
  const stored = storedSchemas([own]);
  return [...new Set(stored.map(({ event }) => event))].map((name) => {
    const versions = stored.filter(({ event }) => event === name).reverse();
    const aggregate = code.aggregates.find(({ events }) => events.includes(name));
    const [today] = versions;
    if (!aggregate || !today)
      throw new Error(`${name} is in the catalogue of ${own.topic}, and no aggregate records it`);
    return {
      ...{ name, topic: own.topic, service: aggregate.service, category: aggregate.category, versions },
      ...{ description: today.zod.description ?? '', example: exampleOf(today.schema) },
      commands: aggregate.commands.filter(({ events }) => events.includes(name)).map((command) => command.name),
      consumers: [...reactorsTo(name, code), ...services.flatMap((service) => readModelsOf(name, own.topic, service))],
    };
  });
};

const reactorsTo = (event: string, { handlers, aggregates }: Code): readonly Consumer[] => {
  const commands = new Set(aggregates.flatMap((aggregate) => aggregate.commands.map(({ name }) => name)));
  return handlers.flatMap(({ service, name, trigger, makes, tells }) => {
    const sends = [...makes].filter((type) => commands.has(type));
    // A part that follows the log itself, and sends commands because of what it finds there.
    const isFollowing = trigger.kind === 'part' && tells.has(event) && sends.length > 0;
    const isTold = trigger.kind === 'event' && trigger.event === event;
    return isFollowing || isTold ? [{ service, name, kind: 'reactor' as const, sends }] : [];
  });
};

/** A read model consumes the events that its projection names. */
const readModelsOf = (event: string, topic: string, service: CataloguedService): readonly Consumer[] =>
  service.projections
    .filter((projection) => projection.from.some((one) => one.topic === topic) && isFolded(projection, event))
    .map(({ name }) => ({ service: service.name, name, kind: 'read-model', sends: [] }));

// ---- commands

const commandsOf = (
  { service, category, commands }: CodeAggregate,
  services: readonly CataloguedService[],
  code: Code,
): readonly CommandEntry[] => {
  const published = services.find(({ name }) => name === service)?.publicCommands ?? {};
  return commands.map(({ name, comment, ...rest }) => {
    const zod = published[name];
    return {
      ...{ name, service, category, ...rest, senders: sendersOf(name, code) },
      description: zod ? (zod.description ?? '') : comment,
      ...(zod && { schema: z.toJSONSchema(zod, { io: 'input' }) as CommandEntry['schema'] & object }),
      rules: new Map(zod ? rulesOf(zod) : []),
      rejectionConsumers: reactorsTo(rejectionOf(name), code),
    };
  });
};

const sendersOf = (command: string, { handlers, aggregates }: Code): readonly Sender[] => {
  const isRejection = (event: string): boolean =>
    aggregates.some(({ commands }) => commands.some(({ name }) => rejectionOf(name) === event));
  return handlers
    .filter(({ makes }) => makes.has(command))
    .map(({ service, name, trigger }): Sender => {
      switch (trigger.kind) {
        case 'http':
          return { service, kind: 'http', by: `${trigger.method} ${trigger.path}` };
        case 'message':
          return { service, kind: 'message', by: trigger.topic };
        case 'event':
          return { service, kind: isRejection(trigger.event) ? 'rejection' : 'event', by: trigger.event };
        case 'part':
          return { service, kind: 'part', by: name };
      }
    });
};
