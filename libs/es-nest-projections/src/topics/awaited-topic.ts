import { ServiceNotReady } from '@ledgerline/es-nest';

/** A topic that cannot be read yet, and the read models that it holds up. */
export interface AwaitedTopic {
  readonly topic: string;
  readonly readModels: readonly string[];
  readonly reason: Error;
}

/** `parcel-page waits for the topic fees.events: its writer has not made it yet` */
export const sentence = ({ readModels, topic, reason }: AwaitedTopic): string =>
  `${readModels.join(', ')} ${readModels.length > 1 ? 'wait' : 'waits'} for the topic ${topic}: ${reason.message}`;

/** What who needs one of these read models is answered. */
export const notReadyFor = (awaited: AwaitedTopic): ServiceNotReady =>
  new ServiceNotReady(`not able to answer yet: ${sentence(awaited)}`);
