import { inspect } from 'node:util';
import { RefusingServer } from './fixtures/refusing-server.js';
import { openMongoReadModels } from './open-mongo-read-models.js';

describe('a store that MongoDB keeps closed', () => {
  it.each([
    ['takes no credentials', 18, 'AuthenticationFailed', 'ann:hunter2@', /does not take the credentials of user ann/],
    ['gives no rights', 13, 'Unauthorized', '', /does not let user \(none\) read and write the database/],
  ])('because it %s is said at once, without the password', async (_, code, codeName, user, message) => {
    const server = await RefusingServer.with(code, codeName);
    try {
      const failure: unknown = await openMongoReadModels({ uri: server.uri(user) }).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        ...{ code: 'read-models-refused', retriable: false, message: expect.stringMatching(message) },
      });
      expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('hunter2');
    } finally {
      await server.close();
    }
  });
});
