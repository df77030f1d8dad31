import { idOf } from '@ledgerline/es-core';
import { categoryOf, isId } from '@ledgerline/es-core/runtime';
import { InvalidArgumentError } from 'commander';
import type { ServiceClient } from '../http/service-client.js';
import type { Shop } from '../http/shop.js';

/** Categories of streams, with the path under which the owning service shows one. */
const PATHS: Readonly<Record<string, string>> = {
  cart: 'carts',
  order: 'orders',
  return: 'returns',
  payment: 'payments',
  subject: 'subjects',
};

/** For commander: a STREAM of the shop, as it was given. */
export const streamArgument = (text: string): string => {
  const names = Object.keys(PATHS).map((category) => `${category}-<id>`);
  if (!PATHS[categoryOf(text)] || !isId(idOf(text))) throw new InvalidArgumentError(`It must be ${names.join(', ')}.`);
  return text;
};

/** Apps do not import each other: what needs a service's domain is asked of that service. */
export const ownerOf = (stream: string, { orders, payments }: Shop): ServiceClient =>
  categoryOf(stream) === 'payment' ? payments : orders;

/** `/orders/536365` for `order-536365`. */
export const viewPath = (stream: string): string => `/${PATHS[categoryOf(stream)]}/${idOf(stream)}`;
