import type { Storage } from '@ledgerline/es-core/adapter';
import type { KafkaStorage } from '@ledgerline/es-kafka';
import type { ServiceConfig } from './environment.js';
import { kafkaSettings } from './kafka-settings.js';
import { masterKeysIn } from './master-keys-in.js';

/** The storage that the environment names; an adapter that it does not name is not loaded. @throws ConfigInvalid */
export const storageOf = async (config: ServiceConfig): Promise<Storage | KafkaStorage> => {
  const { DATA_DIR: dataDir, TOPIC_PARTITIONS: partitions, MONGODB_URI: uri } = config;
  const onKafka = kafkaSettings(config);
  const { embedded, readKeyFile } = await import('@ledgerline/es-embedded');
  const masterKeys = masterKeysIn(config, readKeyFile);
  const readModels = uri === undefined ? undefined : (await import('@ledgerline/es-mongodb')).mongodb({ uri });
  const local = embedded({ dataDir, partitions, ...(masterKeys && { masterKeys }), ...(readModels && { readModels }) });
  if (!onKafka) return local;
  const { kafka } = await import('@ledgerline/es-kafka');
  return kafka({ ...onKafka, local, partitions });
};
