import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Projection } from '@ledgerline/es-core';
import { serviceLog } from '@ledgerline/es-nest';
import { DeclaredAggregates, type EventSourcingSettings, OPTIONS } from '@ledgerline/es-nest/extension';
import { makeApplication } from '@ledgerline/es-nest/fastify';
import { memoryStorage } from '@ledgerline/es-testing';
import { orderService } from '@ledgerline/order-service';
import { paymentEnvironment, paymentService } from '@ledgerline/payment-service';
import { projectionEnvironment, projections, projectionService } from '@ledgerline/projection-service';
import { readConfig } from '@ledgerline/shop-environment';
import { z } from 'zod';
import type { CataloguedService } from './catalogued-service.js';
import { type Code, readCode } from './read-catalogue.js';

const surroundings = { storage: memoryStorage(), log: serviceLog('catalogue', 'silent') };

/** As the application says itself, which is made for that and never runs. */
const described = async (
  module: Parameters<typeof makeApplication>[0],
  projections: readonly Projection[] = [],
): Promise<CataloguedService> => {
  const app = await makeApplication(module);
  const { service: name, description, commandsTopic } = app.get<EventSourcingSettings>(OPTIONS);
  const { all: aggregates } = app.get(DeclaredAggregates);
  await app.close();
  return { name, description, aggregates, projections, ...(commandsTopic !== undefined && { commandsTopic }) };
};

/** The services of the shop. Replace them by yours. */
export const shop: readonly CataloguedService[] = [
  await described(orderService(surroundings)),
  await described(paymentService(readConfig(paymentEnvironment, {}), surroundings)),
  await described(projectionService(readConfig(projectionEnvironment, {}), surroundings), projections),
];

const workspace = z.object({ version: z.string() });

/** Of the workspace: the shop is released as a whole. */
export const versionOf = (root: string): string =>
  workspace.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;

/** What the code of the shop below `root` says. */
export const shopCode = (root: string): Code => readCode(root, shop);
