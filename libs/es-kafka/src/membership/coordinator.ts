import { type EsError, LogMisconfigured, LogUnavailable } from '@ledgerline/es-core';
import type { KafkaConnection } from '../kafka-connection.js';
import { type Address, addressOf } from '../wire/address.js';
import { BrokerConnection } from '../wire/broker-connection.js';
import { notReached, refusalIn } from '../wire/connect-failure.js';
import type { GroupRequests } from '../wire/kafkajs-internals.js';

const GROUP = 0;

/** Kafka's name of the error that a broker answered; undefined for an error of any other kind. */
export const kafkaErrorType = (error: unknown): string | undefined => {
  const cause = error instanceof Error && 'type' in error ? error : error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'type' in cause && typeof cause.type === 'string' ? cause.type : undefined;
};

/** The broker that keeps the group, found when it is needed, and again after it has moved or could not be reached. */
export class Coordinator {
  #opening: Promise<BrokerConnection> | undefined;
  #closed = false;

  constructor(
    private readonly groupId: string,
    private readonly settings: KafkaConnection,
    /** Where to dial a broker that says it is there; specs stand in between. */
    private readonly dialled: (address: Address) => Address = (address) => address,
  ) {}

  /**
   * Its answer. @throws LogUnavailable with what it answered as the cause; the coordinator is then looked for again unless the
   * answer was about the group. @throws LogMisconfigured when this principal may not join.
   */
  async ask<Answer>(question: (coordinator: GroupRequests) => Promise<Answer>): Promise<Answer> {
    const opening = this.#connection();
    try {
      return await (await opening).ask(question);
    } catch (error) {
      const type = kafkaErrorType(error);
      if (type === undefined || ELSEWHERE.has(type)) this.#drop(opening);
      throw this.#explained(error, type);
    }
  }

  /** Whatever waits for an answer fails, and it is looked for again. */
  drop(): void {
    if (this.#opening) this.#drop(this.#opening);
  }

  close(): void {
    this.#closed = true;
    this.drop();
  }

  #connection(): Promise<BrokerConnection> {
    if (this.#closed) throw new LogUnavailable('the group was left', { group: this.groupId });
    this.#opening ??= this.#find();
    return this.#opening;
  }

  #drop(opening: Promise<BrokerConnection>): void {
    if (this.#opening === opening) this.#opening = undefined;
    opening.then(
      (connection) => connection.close(),
      () => undefined, // It was never open; whoever asked was told.
    );
  }

  /** Any broker knows which one it is. */
  async #find(): Promise<BrokerConnection> {
    let cause: unknown;
    for (const broker of this.settings.brokers)
      try {
        return await this.#open(await this.#locate(addressOf(broker)));
      } catch (error) {
        if (kafkaErrorType(error) === 'GROUP_AUTHORIZATION_FAILED') throw error;
        cause = error;
      }
    throw cause;
  }

  async #locate(broker: Address): Promise<Address> {
    const any = await this.#open(broker);
    try {
      const asked = { groupId: this.groupId, coordinatorType: GROUP };
      return (await any.ask((one) => one.findGroupCoordinator(asked))).coordinator;
    } finally {
      any.close();
    }
  }

  async #open(address: Address): Promise<BrokerConnection> {
    try {
      return await BrokerConnection.open(this.dialled(address), this.settings);
    } catch (error) {
      const facts = { group: this.groupId };
      const refusal = refusalIn(error, address, this.settings);
      // The log was opened by the same settings before: what was good once is worth trying again.
      if (refusal !== undefined) throw new LogUnavailable(refusal, facts);
      throw notReached(error, address, facts);
    }
  }

  #explained(error: unknown, kafka: string | undefined): EsError {
    if (error instanceof LogMisconfigured || error instanceof LogUnavailable) return error;
    const group = this.groupId;
    const refusal = REFUSALS.get(kafka ?? '');
    if (refusal !== undefined) return new LogMisconfigured(group, [refusal]);
    const what = kafka === undefined ? 'did not answer' : `answered ${kafka}`;
    return new LogUnavailable(`the coordinator of group ${group} ${what}`, { group, kafka }, { cause: error });
  }
}

/** It is another broker, or it is not there yet. */
const ELSEWHERE = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'REQUEST_TIMED_OUT',
]);

const REFUSALS: ReadonlyMap<string, string> = new Map([
  [
    'GROUP_AUTHORIZATION_FAILED',
    'this principal may not join the consumer group of this name: grant it Read on the group',
  ],
  ['TOPIC_AUTHORIZATION_FAILED', 'this principal may not commit offsets of the topics: grant it Read on them'],
  ['NON_EMPTY_GROUP', 'instances of the service are running: stop all of them first'],
  [
    'INCONSISTENT_GROUP_PROTOCOL',
    'a consumer of another kind uses the consumer group of this name: give that one another name',
  ],
  [
    'INVALID_SESSION_TIMEOUT',
    "its session time-out lies outside the brokers' limits: set group.min.session.timeout.ms and group.max.session.timeout.ms so that they allow it",
  ],
]);
