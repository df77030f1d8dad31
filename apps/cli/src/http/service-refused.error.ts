import { EsError } from '@ledgerline/es-core';
import { z } from 'zod';

const problem = z.object({ code: z.string(), title: z.string().optional(), detail: z.string().optional() });

/** A service answered with a problem instead of what was asked for. */
export class ServiceRefused extends EsError {
  constructor(
    service: string,
    readonly status: number,
    body: unknown,
  ) {
    const { data } = problem.safeParse(body);
    const what = data ? `${data.detail ?? data.title ?? 'refused'} (${data.code})` : `answered with HTTP ${status}`;
    super(data?.code ?? `http-${status}`, `${service}: ${what}`, status === 503 || status === 504, { service, status });
  }
}
