import { describe, expect, it } from '@jest/globals';
import { STORAGE } from '@ledgerline/es-nest';
import { eventually, memoryStorage } from '@ledgerline/es-testing';
import { Test } from '@nestjs/testing';
import { AppModule } from './app.module.js';

describe('hello', () => {
  it('takes a command, and shows what became of it', async () => {
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(STORAGE)
      .useValue(memoryStorage())
      .compile();
    const app = testing.createNestApplication();
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const greet = { id: 'g-1', type: 'Greet', stream: 'greeting-ann', data: { text: 'hello' } };
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await fetch(`${url}/commands`, { method: 'POST', headers, body: JSON.stringify(greet) });
    expect(JSON.parse(await answer.text())).toMatchObject({ status: 'accepted', version: 1 });
    await eventually(async () => {
      const page = await fetch(`${url}/greetings/ann`);
      expect([page.status, await page.json()]).toEqual([200, { text: 'hello' }]);
    });
    await app.close();
  });
});
