import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Projection } from '@ledgerline/es-core';
import type { ServiceDefinition } from '@ledgerline/es-nest';
import { orderService } from '@ledgerline/order-service';
import { paymentEnvironment, paymentService } from '@ledgerline/payment-service';
import { projectionEnvironment, projections, projectionService } from '@ledgerline/projection-service';
import { readConfig } from '@ledgerline/shop-environment';
import { z } from 'zod';
import { type Code, readCode } from './read-catalogue.js';

/** A service as the catalogue sees it. */
export interface CataloguedService extends Pick<
  ServiceDefinition,
  'name' | 'description' | 'aggregates' | 'commandsTopic'
> {
  readonly projections: readonly Projection[];
}

const payments = paymentService(readConfig(paymentEnvironment, {}));
const readModels = projectionService(readConfig(projectionEnvironment, {}));

/** The services of the shop. Replace them by yours. */
export const shop: readonly CataloguedService[] = [
  { ...orderService, projections: [] },
  { ...payments, projections: [] },
  { ...readModels, projections },
];

const workspace = z.object({ version: z.string() });

/** Of the workspace: the shop is released as a whole. */
export const versionOf = (root: string): string =>
  workspace.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).version;

/** What the code of the shop below `root` says. */
export const shopCode = (root: string): Code => readCode(root, shop);
