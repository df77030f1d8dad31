export { type MongoKeysOptions, openMongoKeys } from './keys/open-mongo-keys.js';
export { type MongoReadModelsOptions, openMongoReadModels } from './open-mongo-read-models.js';
