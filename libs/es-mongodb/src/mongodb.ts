import { checkedOptions, type ReadModelStorage } from '@ledgerline/es-core/adapter';
import { z } from 'zod';
import { openMongoKeys } from './keys/open-mongo-keys.js';
import { type MongoReadModelsOptions, openMongoReadModels } from './open-mongo-read-models.js';

const uriRule = 'must be a mongodb:// or mongodb+srv:// address, such as mongodb://127.0.0.1:27017/ledgerline';
const optionsSchema = z.strictObject({
  uri: z.string({ error: uriRule }).regex(/^mongodb(\+srv)?:\/\/[^\s/]+(\/\S*)?$/, { error: uriRule }),
});

/**
 * Read models, and the keys of personal data, in a database of MongoDB: the `readModels` of a storage.
 * @throws OptionsInvalid
 */
export const mongodb = (options: MongoReadModelsOptions): ReadModelStorage => {
  const { uri } = checkedOptions('mongodb', optionsSchema, options);
  return {
    openReadModels: () => openMongoReadModels({ uri }),
    openKeys: () => Promise.resolve(openMongoKeys({ uri })),
  };
};
