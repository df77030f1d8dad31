import { z } from 'zod';
import { withShop } from '../http/shop.js';
import type { Result } from '../terminal/print.js';
import { ownerOf, viewPath } from './owning-service.js';

export interface StateOptions {
  readonly version?: number;
  readonly at?: string;
}

/** `es state STREAM`: as it is, or was at a version or a recorded time. */
export const stateVerb = async (stream: string, { version, at }: StateOptions): Promise<Result> => {
  const query = new URLSearchParams();
  if (version !== undefined) query.set('version', String(version));
  if (at !== undefined) query.set('at', at);
  const path = query.size > 0 ? `${viewPath(stream)}?${query}` : viewPath(stream);
  const state = await withShop((shop) => ownerOf(stream, shop).json({ path }, z.looseObject({})));
  return { json: state, text: JSON.stringify(state, undefined, 2) };
};
