import type { KafkaTopic } from '../topic/kafka-topic.js';
import { TailLoop } from './tail-loop.js';
import type { TailPlace } from './waiting-place.js';

/** The ends of all partitions, watched with one connection to each broker, however many passes wait there. */
export class Tail {
  readonly #loops = new Map<number, TailLoop>();

  constructor(private readonly topic: KafkaTopic) {}

  /** A place for a pass that has read up to this offset. */
  async enter(partition: number, offset: number): Promise<TailPlace> {
    const { connection, leader, epoch } = await this.topic.cluster.route(partition, 'tail');
    let loop = this.#loops.get(leader);
    if (!loop?.isOn(connection)) this.#loops.set(leader, (loop = new TailLoop(this.topic, connection)));
    return loop.enter({ partition, offset, epoch });
  }
}
