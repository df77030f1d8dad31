import { accept, defineAggregate, defineEvents, defineProjection } from '@ledgerline/es-core';
import { embedded } from '@ledgerline/es-embedded';
import { EventSourcingModule } from '@ledgerline/es-nest';
import { InjectReadModel, ProjectionsModule, type ReadModelOf } from '@ledgerline/es-nest-projections';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { z } from 'zod';

const text = z.object({ text: z.string() });

const greeting = defineAggregate({
  category: 'greeting',
  events: defineEvents('greetings.events', { Greeted: text }),
  commands: { Greet: text },
  initialState: 0,
  decide: { Greet: (_count, { text }) => accept({ type: 'Greeted', data: { text } }) },
  evolve: { Greeted: (count) => count + 1 },
});

const guestBook = defineProjection({
  name: 'guest-book',
  revision: 1,
  from: [greeting.events],
  document: text,
  on: { Greeted: { document: ({ context }) => context.aggregateId, fold: (_page, { data }) => data } },
});

@Controller('greetings')
class GreetingController {
  constructor(@InjectReadModel(guestBook) private readonly pages: ReadModelOf<typeof guestBook>) {}

  @Get(':id')
  page(@Param('id') id: string) {
    return this.pages.get(id);
  }
}

@Module({
  imports: [
    EventSourcingModule.forRoot({ service: 'hello', storage: embedded({ dataDir: '.data' }), routes: {} }),
    EventSourcingModule.forFeature({ aggregates: [greeting] }),
    ProjectionsModule.forFeature([guestBook]),
  ],
  controllers: [GreetingController],
})
export class AppModule {}
