import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { exampleSize } from '../../../scripts/example-size.mjs';

const main = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
await bootstrap();
`;

describe('what one has to write and to know', () => {
  it.each([
    ['hello', 35, 10],
    ['parcel', 90, 22],
  ])('%s: at most %d lines and %d names of the library', (example, mostLines, mostNames) => {
    const { lines, names } = exampleSize(example);
    expect(lines).toBeGreaterThan(20);
    expect(lines).toBeLessThanOrEqual(mostLines);
    expect(names).toContain('defineAggregate');
    expect(names.length).toBeLessThanOrEqual(mostNames);
  });

  it.each(['hello', 'parcel'])('%s starts as `nest new` has it', (example) => {
    expect(readFileSync(new URL(`../../${example}/src/main.ts`, import.meta.url), 'utf8')).toBe(main);
  });
});
