import { EsError, ReadModelsRefused, ReadModelsUnavailable } from '@ledgerline/es-core';
import {
  BSON,
  type MongoClient,
  MongoError,
  MongoInvalidArgumentError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';

const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;

/** Error codes after which the same call would fail for ever. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [17, 'a name that MongoDB does not take'],
  [67, 'an index that cannot be made'],
  [73, 'a name that MongoDB does not take'],
  [85, 'an index that is there with other options'],
  [86, 'an index that is there with other fields'],
  [121, 'a document that the validation of its collection does not take'],
  [171, 'a document with arrays in two fields of one index'],
  [10334, 'a document that is larger than MongoDB takes (16 MB)'],
  [17280, 'a value that is too long for an index'],
  [17419, 'a document that is larger than MongoDB takes (16 MB)'],
]);

type Reached = Pick<MongoClient, 'options'>;

/** What a failed call means, in our words: server and user are named, never the password. A bug of ours stays what it is. */
export const storeFailure = (error: unknown, client: Reached): unknown => {
  if (error instanceof EsError) return error;
  if (error instanceof BSON.BSONError || error instanceof MongoInvalidArgumentError)
    return new ReadModelsRefused('a document that cannot be stored', {}, { cause: error });
  if (!(error instanceof MongoError)) return error;
  const facts = { server: serverOf(client), mongodb: markOf(error) };
  const refusal = REFUSALS.get(Number(error.code));
  if (refusal !== undefined) return new ReadModelsRefused(`${refusal} (${facts.mongodb})`, facts, { cause: error });
  return new ReadModelsUnavailable(`MongoDB at ${facts.server} ${troubleOf(error)}`, facts, { cause: error });
};

/** As long as nothing has ever worked, credentials that are refused are wrong, and not just changed meanwhile. */
export const failureAtStart = (error: unknown, client: Reached): unknown => {
  const server = serverOf(client);
  const user = client.options.credentials?.username ?? '';
  if (!(error instanceof MongoError)) return storeFailure(error, client);
  if (error.code === AUTHENTICATION_FAILED)
    return new ReadModelsRefused(
      `MongoDB at ${server} does not take the credentials of user ${user}: check MONGODB_URI`,
    );
  if (error.code === UNAUTHORIZED)
    return new ReadModelsRefused(
      `MongoDB at ${server} does not let user ${user || '(none)'} read and write the database: give it the role readWrite`,
    );
  return storeFailure(error, client);
};

const serverOf = ({ options }: Reached): string => options.srvHost ?? options.hosts.map(String).join(',');

const markOf = (error: MongoError): string => {
  const codeName = error instanceof MongoServerError ? error.codeName : undefined;
  return error.code === undefined ? error.name : `${codeName ?? error.name} ${error.code}`;
};

const troubleOf = (error: MongoError): string => {
  if (error instanceof MongoNetworkTimeoutError) return 'did not answer in time';
  if (error instanceof MongoServerSelectionError) return 'cannot be reached';
  // Of a bulk that was cut short the driver says no more than that.
  return error.code === undefined ? 'lost the connection' : `answered ${markOf(error)}`;
};
