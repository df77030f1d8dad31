import { LogMisconfigured, LogUnavailable, type Platform } from '@ledgerline/es-core';
import type { LogProblem, PartitionedLog, Storage } from '@ledgerline/es-core/adapter';
import { Inject, Injectable } from '@nestjs/common';
import { Coordinator } from '../lifecycle/coordinator.js';
import type { Condition } from '../lifecycle/managed-resource.js';
import { factsOf, type Log } from '../logging/log.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { LOG, OPTIONS, PLATFORM } from '../tokens.js';
import { SILENT_AFTER_MS } from './log-heartbeat.js';
import { WatchedLog } from './watched-log.js';

const PROMISES = ['kept', 'weakened', 'broken'] as const;

/** How many problems of one kind a topic has. */
export interface ProblemCount {
  readonly topic: string;
  readonly promise: LogProblem['promise'];
  readonly count: number;
}

interface Watched {
  readonly topic: string;
  readonly isWritten: boolean;
  /** At the last look. */
  readonly found: readonly LogProblem[];
}

/**
 * Watches all topics that the service works on. What has changed in their settings is logged with what mends it, and is listed by
 * readiness until it is mended. A service is not ready while one of them does not answer, while it may not append, and while a topic
 * that it writes breaks its promise, for it acknowledges what may be lost.
 */
@Injectable()
export class LogWatch implements Condition {
  /** A topic that is waited for is opened again and again, and is one all the same. */
  readonly #topics = new Map<string, Watched>();
  readonly #open = new Set<WatchedLog>();

  constructor(
    @Inject(OPTIONS) private readonly options: Pick<EventSourcingSettings, 'topicCheckIntervalMs'>,
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(LOG) private readonly log: Log,
    coordinator: Coordinator,
  ) {
    coordinator.include(this);
  }

  /** The storage, whose topics are watched from when they are opened until they are closed. */
  over(storage: Storage): Storage {
    return {
      ...storage,
      openLog: async (topic, { role }) => this.#watched(await storage.openLog(topic, { role }), role === 'writer'),
    };
  }

  get failure(): unknown {
    for (const { topic, isSilent, forbidden } of this.#open) {
      if (isSilent) return new LogUnavailable(`${topic} has not answered for more than ${SILENT_AFTER_MS / 1_000} s`);
      if (forbidden) return new LogMisconfigured(topic, [forbidden.message]);
    }
    for (const { topic, isWritten, found } of this.#topics.values()) {
      const broken = found.filter(({ promise }) => promise === 'broken').map(({ message }) => message);
      if (isWritten && broken.length > 0) return new LogMisconfigured(topic, broken);
    }
    return undefined;
  }

  get degraded(): readonly string[] {
    return [...this.#topics.values()].flatMap(({ topic, found }) => found.map(({ message }) => `${topic}: ${message}`));
  }

  /** Of each topic, how many problems there are of each kind. */
  get counts(): readonly ProblemCount[] {
    return [...this.#topics.values()].flatMap(({ topic, found }) =>
      PROMISES.map((promise) => ({ topic, promise, count: found.filter((one) => one.promise === promise).length })),
    );
  }

  #watched(log: PartitionedLog, isWritten: boolean): PartitionedLog {
    const { platform, options } = this;
    const { topic } = log;
    const watched = new WatchedLog(log, {
      ...{ platform, everyMs: options.topicCheckIntervalMs },
      onLook: (found) => this.#looked({ topic, isWritten, found }),
      onSilence: (isSilent) =>
        isSilent
          ? this.log.warn('log-silent', { topic, forMs: SILENT_AFTER_MS })
          : this.log.info('log-answers', { topic }),
      onForbidden: (refusal) =>
        refusal
          ? this.log.error('append-forbidden', { topic, ...factsOf(refusal) })
          : this.log.info('append-allowed', { topic }),
      onClose: () => void this.#open.delete(watched),
    });
    this.#open.add(watched);
    return watched;
  }

  #looked({ topic, isWritten, found }: Watched): void {
    const before = this.#topics.get(topic)?.found ?? [];
    this.#topics.set(topic, { topic, isWritten, found });
    for (const { message, promise } of without(found, before))
      this.log[promise === 'broken' ? 'error' : 'warn']('log-problem', { topic, promise, reason: message });
    for (const { message } of without(before, found)) this.log.info('log-problem-mended', { topic, reason: message });
  }
}

const without = (all: readonly LogProblem[], others: readonly LogProblem[]): readonly LogProblem[] =>
  all.filter(({ message }) => !others.some((other) => other.message === message));
