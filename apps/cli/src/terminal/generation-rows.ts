import type { Generation } from '../progress/readers.js';

export const GENERATIONS_HEADER = ['projection', 'generation', 'revision', 'is', 'parked', 'state'];

export const generationRows = (projection: {
  readonly name: string;
  readonly generations: readonly Generation[];
}): (string | number)[][] =>
  projection.generations.map((one) => [
    ...[projection.name, one.number, one.revision, one.state, one.parked, stateOf(one)],
  ]);

const stateOf = ({ standsStill, heldBack = false, progress }: Generation): string => {
  if (heldBack) return 'held back: more parked documents than the live one';
  if (progress) return `${progress.percent} %, ${progress.eventsPerSecond} events/s`;
  return standsStill ? 'standing still' : 'running';
};
