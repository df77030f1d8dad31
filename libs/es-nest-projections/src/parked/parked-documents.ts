import type { StoredDocument } from '@ledgerline/es-core/adapter';
import { NotFound } from '@ledgerline/es-nest';
import { Injectable } from '@nestjs/common';
import type { AnyReadModel } from '../read-models/running-read-model.js';
import { ReadModels } from '../read-models/read-models.js';
import { type ParkedPlace, placeOf } from './parked-id.js';
import type { ParkedDocument } from './parked-page.js';

export interface ParkedWanted {
  readonly projection?: string | undefined;
  readonly limit: number;
  readonly cursor?: ParkedPlace | undefined;
}

/** The documents of all read models that are not folded on. */
@Injectable()
export class ParkedDocuments {
  constructor(private readonly readModels: ReadModels) {}

  /** By read model, live before filling, by id. @throws NotFound for a projection that there is not. */
  async list({ projection, limit, cursor }: ParkedWanted): Promise<readonly ParkedDocument[]> {
    const models = projection === undefined ? this.readModels.all : [this.readModels.named(projection)];
    const page: ParkedDocument[] = [];
    for (const model of models) {
      if (cursor && model.name < cursor.projection) continue;
      const after = cursor?.projection === model.name ? { after: cursor } : {};
      page.push(...(await model.parked({ limit: limit - page.length, ...after })));
      if (page.length >= limit) break;
    }
    return page;
  }

  /** Lets `act` work at the document, and answers it. @throws NotFound when there is no such document. */
  async at(
    id: string,
    act: (model: AnyReadModel, place: ParkedPlace) => Promise<StoredDocument | undefined>,
  ): Promise<ParkedDocument> {
    const place = placeOf(id);
    const model = place && this.readModels.all.find(({ name }) => name === place.projection);
    const stored = place && model?.generations.folded.includes(place.collection) ? await act(model, place) : undefined;
    if (!place || !stored) throw new NotFound('parked-document-not-found', 'no document has this id; see …/parked');
    return { ...place, stored };
  }
}
