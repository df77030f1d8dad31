export { mongodb } from './mongodb.js';
export { type MongoReadModelsOptions, openMongoReadModels } from './open-mongo-read-models.js';
