export { type MongoReadModelsOptions, openMongoReadModels } from './open-mongo-read-models.js';
