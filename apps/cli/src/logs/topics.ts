import { orderEvents, paymentEvents } from '@ledgerline/events';

/** All topics of the shop, in the order in which they are looked at. */
export const TOPICS: readonly string[] = [orderEvents.topic, paymentEvents.topic];
