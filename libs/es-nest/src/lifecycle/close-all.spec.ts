import { closeAll } from './close-all.js';

describe('closing everything', () => {
  const closed: string[] = [];
  const closing = (name: string) => (): Promise<void> => Promise.resolve(void closed.push(name));
  const failing = (name: string) => (): Promise<void> => Promise.reject(new Error(name));
  beforeEach(() => closed.splice(0));

  it('begins with what was opened last', async () => {
    await closeAll([closing('log'), closing('index'), closing('store')]);
    expect(closed).toEqual(['store', 'index', 'log']);
  });

  it('closes the rest where something fails, and says what', async () => {
    await expect(closeAll([closing('log'), failing('index'), closing('store')])).rejects.toThrow('index');
    expect(closed).toEqual(['store', 'log']);
  });

  it('says everything that fails', async () => {
    await expect(closeAll([failing('log'), failing('index')])).rejects.toMatchObject({
      errors: [{ message: 'index' }, { message: 'log' }],
    });
  });
});
