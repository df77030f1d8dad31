import type { ProgressByPartition, ReactorProgress } from '@ledgerline/es-core/adapter';

/** A reactor's progress in memory; all who are given the same one share it. */
export const memoryReactorProgress = (saved: ProgressByPartition = {}): ReactorProgress & { forget(): void } => {
  let all = saved;
  return {
    load: () => Promise.resolve(all),
    save: (progress) => {
      all = { ...all, ...progress };
      return Promise.resolve();
    },
    forget: () => void (all = {}),
  };
};
