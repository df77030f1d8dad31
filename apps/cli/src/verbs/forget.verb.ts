import { z } from 'zod';
import { withShop } from '../http/shop.js';
import type { Result } from '../terminal/print.js';

const forgotten = z.looseObject({ subject: z.string(), forgottenAt: z.string() });
const rewrapped = z.object({ rewrapped: z.int() });

export interface ForgetOptions {
  readonly reason?: string;
  /** Who wants it. */
  readonly actor: string;
}

/** `es forget SUBJECT`: destroys the key of the subject's personal data. */
export const forgetVerb = (subject: string, { reason, actor }: ForgetOptions): Promise<Result> =>
  withShop(async ({ orders }) => {
    const path = `/subjects/${encodeURIComponent(subject)}`;
    await orders.require({
      ...{ method: 'POST', path: `${path}/forget`, body: JSON.stringify({ reason }) },
      headers: { 'content-type': 'application/json', 'x-actor': actor },
    });
    const state = await orders.json({ path }, forgotten);
    const text = `${subject} was forgotten at ${state.forgottenAt}: personal data of theirs reads [forgotten] everywhere.`;
    return { json: state, text };
  });

/** `es keys rotate`: wraps every subject's key with the newest master key. */
export const rotateKeysVerb = (): Promise<Result> =>
  withShop(async ({ orders }) => {
    const json = await orders.json({ method: 'POST', path: '/personal-keys/rewrap' }, rewrapped);
    const older = 'Older master keys are not needed once every service has started with the newest.';
    return {
      json,
      text: `Every key is wrapped with the newest master key; ${json.rewrapped} were not before. ${older}`,
    };
  });
