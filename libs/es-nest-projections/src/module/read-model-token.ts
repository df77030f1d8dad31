import type { DocumentOf, Projection } from '@ledgerline/es-core';
import { Inject } from '@nestjs/common';
import type { ReadModel } from '../read-models/read-model.js';

/** A text, so that Nest's errors can be read. */
export const readModelToken = ({ name }: Pick<Projection, 'name'>): string => `es:read-model:${name}`;

/** `@InjectReadModel(parcelPage) pages: ReadModelOf<typeof parcelPage>` */
export const InjectReadModel = (projection: Pick<Projection, 'name'>): ParameterDecorator & PropertyDecorator =>
  Inject(readModelToken(projection));

/** The read model of a projection, typed by its documents. */
export type ReadModelOf<P extends Projection> = ReadModel<DocumentOf<P>>;
