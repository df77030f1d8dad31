import { withShop } from '../http/shop.js';
import { generationsAnswer } from '../progress/readers.js';
import type { Result } from '../terminal/print.js';
import { generationRows, GENERATIONS_HEADER } from '../terminal/generation-rows.js';
import { table } from '../terminal/table.js';

/** `es rollback NAME`: the generation answers that was live before. */
export const rollbackVerb = (name: string): Promise<Result> =>
  withShop(async ({ projections }) => {
    const path = `/projections/${encodeURIComponent(name)}/rollback`;
    const json = await projections.json({ method: 'POST', path }, generationsAnswer);
    return { json, text: table(GENERATIONS_HEADER, generationRows(json)) };
  });
