import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EsError } from '@ledgerline/es-core';
import { z } from 'zod';

const finding = z.object({
  problem: z.enum(['unreadable', 'unknown', 'fold-failed', 'decision-changed', 'reaction-changed']),
  ...{ stream: z.string(), version: z.number(), type: z.string(), position: z.string(), detail: z.string() },
});
const topic = z.object({
  ...{ topic: z.string(), events: z.number(), skipped: z.number(), decisions: z.number(), undecided: z.number() },
  ...{ reactions: z.number(), notRehearsed: z.number(), findingsCount: z.number(), findings: z.array(finding) },
});
const readModel = z.object({
  ...{ name: z.string(), revision: z.number(), liveRevision: z.number().optional(), checked: z.number() },
  changedCount: z.number(),
  changed: z.array(z.object({ id: z.string(), problem: z.string(), fields: z.array(z.string()).optional() })),
  failure: z.string().optional(),
});
const found = z.object({ topics: z.array(topic), readModels: z.array(readModel) });

export type RehearsalFinding = z.output<typeof finding>;
export type TopicRehearsal = z.output<typeof topic>;
export type ReadModelRehearsal = z.output<typeof readModel>;
export type Rehearsal = z.output<typeof found>;

const SERVICES = ['order-service', 'payment-service', 'projection-service'];
/** A thousand findings a topic are far less. */
const MOST_BYTES = 64 * 1024 * 1024;

const mainOf = (service: string): string => fileURLToPath(new URL(`../../../${service}/dist/main.js`, import.meta.url));

/**
 * Has each service's code of this release replay what it owns, one after the other, each in a process of its own that only reads.
 * @throws EsError 'rehearsal-failed' with what the service says, when it cannot look.
 */
export const serviceRehearsals = async (onService: (name: string) => void, mainFor = mainOf): Promise<Rehearsal> => {
  const all: Rehearsal = { topics: [], readModels: [] };
  for (const service of SERVICES) {
    onService(service);
    const { topics, readModels } = await rehearsalBy(service, mainFor(service));
    all.topics.push(...topics);
    all.readModels.push(...readModels);
  }
  return all;
};

const rehearsalBy = async (service: string, main: string): Promise<Rehearsal> => {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [main, '--rehearse'], { maxBuffer: MOST_BYTES });
    return found.parse(JSON.parse(stdout));
  } catch (cause) {
    const said = (cause as { readonly stderr?: string }).stderr?.trim().split('\n').at(-1);
    throw new EsError('rehearsal-failed', said || `${service} gave no answer`, false, { service }, { cause });
  }
};
