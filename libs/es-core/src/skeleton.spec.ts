import * as core from './index.js';

it('runs a spec as an ES module', () => {
  expect(import.meta.url).toMatch(/skeleton\.spec\.ts$/);
  expect(Object.keys(core)).toEqual(expect.any(Array));
});
