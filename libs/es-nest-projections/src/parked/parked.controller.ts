import { ApiRoute, noQuery } from '@ledgerline/es-nest';
import { conversationMetadata, discardBody } from '@ledgerline/es-nest/extension';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { parkedQuery } from './parked.query.js';
import { parkedListAnswer, parkedView, retriedAnswer } from './parked-document.view.js';
import { ParkedDocuments } from './parked-documents.js';
import type { ParkedDocument } from './parked-page.js';

type Retried = z.output<typeof retriedAnswer>;

@Controller()
export class ParkedController {
  constructor(private readonly documents: ParkedDocuments) {}

  @Get()
  @ApiRoute({
    summary: 'Documents that are not folded on, because an event could not be folded into them',
    answers: { 200: parkedListAnswer },
    problems: [400, 404],
  })
  async list(
    @Query({ schema: parkedQuery }) query: z.output<typeof parkedQuery>,
  ): Promise<z.output<typeof parkedListAnswer>> {
    const found = await this.documents.list({ ...query, limit: query.limit + 1 });
    const items = found.slice(0, query.limit).flatMap(views);
    const next = found.length > query.limit ? items.at(-1)?.id : undefined;
    return { items, ...(next !== undefined && { next }) };
  }

  /** Repeats are harmless: nothing happens to a document that is not parked. */
  @Post(':id/retry')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Fold what was not applied to the document, and let it be folded on',
    answers: { 200: retriedAnswer },
    problems: [404],
  })
  async retry(@Param('id') id: string, @Query({ schema: noQuery }) _query: object): Promise<Retried> {
    return retried(
      id,
      await this.documents.at(id, (model, place) => model.generations.retry(place.collection, place.id)),
    );
  }

  /** Repeats are harmless: nothing happens to a document that is not parked because of the event that the id names. */
  @Post(':id/discard')
  @HttpCode(200)
  @ApiRoute({
    summary: 'Never fold the event into the document, and retry it; says who and why in the record of the projection',
    answers: { 200: retriedAnswer },
    problems: [400, 404],
  })
  async discard(
    @Param('id') id: string,
    @Query({ schema: noQuery }) _query: object,
    @Body({ schema: discardBody }) { reason }: z.output<typeof discardBody>,
    @Headers() headers: Readonly<Record<string, string>>,
  ): Promise<Retried> {
    const { actor = 'anonymous' } = conversationMetadata(headers);
    const because = { reason, actor };
    return retried(
      id,
      await this.documents.at(id, (model, { collection, id: document, event: position }) =>
        model.generations.discard(collection, document, { position, ...because }),
      ),
    );
  }
}

const views = (document: ParkedDocument) =>
  document.stored.parked ? [parkedView(document, document.stored.parked)] : [];

const retried = (id: string, document: ParkedDocument): Retried => {
  const [parked] = views(document);
  return { id, ...(parked && { parked }) };
};
