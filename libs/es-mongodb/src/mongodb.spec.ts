import { mongodb } from './mongodb.js';

describe('the storage of read models on MongoDB', () => {
  it.each(['', 'user:hunter2@m:27017', 'mongodb://', 'http://m'])('refuses %j without repeating it', (uri) => {
    const refused = {
      code: 'options-invalid',
      message: expect.stringMatching(/^mongodb: uri must be a mongodb:\/\/ or /) as string,
    };
    expect(() => mongodb({ uri })).toThrow(expect.objectContaining(refused) as Error);
    expect(() => mongodb({ uri })).not.toThrow('hunter2');
  });

  it('connects to nothing before it is asked for', async () => {
    const keys = await mongodb({ uri: 'mongodb://127.0.0.1:1/nowhere' }).openKeys();
    await keys.close();
  });
});
