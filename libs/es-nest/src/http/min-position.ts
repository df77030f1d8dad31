import { parsePosition, partitionKey, type Position, ValidationFailed } from '@ledgerline/es-core';
import type { FieldProblem } from '@ledgerline/es-core/runtime';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

const HEADER = 'X-Min-Position';
const rule = 'must be positions as answers give them, such as parcels.events/3@1204, with commas between';
const MOST = 1_000;

/** So long a read waits for them. */
export const REACHED_WITHIN_MS = 5_000;

/** The positions that the answer has to have seen. @throws ValidationFailed */
export const minPositions = (headers: IncomingHttpHeaders): readonly Position[] => {
  const header = textIn(headers, HEADER);
  return header === undefined ? [] : positionsIn(header, HEADER);
};

/** What a header says, however often it is there; undefined without it. */
export const textIn = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const header = headers[name.toLowerCase()];
  return Array.isArray(header) ? header.join(',') : header;
};

/** The positions that the text of a header names, the furthest of each partition. @throws ValidationFailed */
export const positionsIn = (text: string, name: string): readonly Position[] => {
  const texts = text.split(',');
  const positions = texts.flatMap((text) => parsePosition(text) ?? []);
  if (positions.length !== texts.length || texts.length > MOST) throw new ValidationFailed([{ field: name, rule }]);
  return furthestOf(positions);
};

const furthestOf = (positions: readonly Position[]): readonly Position[] => {
  const furthest = new Map<string, Position>();
  for (const position of positions) {
    const key = partitionKey(position.topic, position.partition);
    if (position.ordinal >= (furthest.get(key)?.ordinal ?? 0)) furthest.set(key, position);
  }
  return [...furthest.values()];
};

/** `@MinPosition() min: readonly Position[]` in a controller. */
export const MinPosition = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  minPositions(context.switchToHttp().getRequest<IncomingMessage>().headers),
);

/** Of a position that has to be known; the place where it lies is named behind the rule. */
export const READ_HERE: FieldProblem = { field: HEADER, rule: 'must be in a partition that is read here' };

/** @throws ValidationFailed when a position lies in a partition that nobody follows here: waiting for it would not end. */
export const requireKnown = (
  positions: readonly Position[],
  { field, rule }: FieldProblem,
  isKnown: (position: Position) => boolean,
): void => {
  const unknown = positions.find((position) => !isKnown(position));
  if (unknown) throw new ValidationFailed([{ field, rule: `${rule}, not in ${unknown.topic}/${unknown.partition}` }]);
};
