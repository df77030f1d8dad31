import { replyTopicOf } from '@ledgerline/es-core/adapter';
import {
  type BaseRpcContext,
  type CustomTransportStrategy,
  KafkaHeaders,
  type MessageHandler,
  type OutgoingResponse,
  ServerKafka,
  type WritePacket,
} from '@nestjs/microservices';
import type { Consumer, EachBatchPayload, EachMessagePayload, RecordMetadata } from 'kafkajs';
import type { Observable } from 'rxjs';
import type { ServiceInstances } from '../../instances/service-instances.js';
import { factsOf, type Log } from '../../logging/log.js';
import { clientOptions, type ClientSettings } from './client-options.js';
import type { Refusal } from './command-broker.js';
import { MessageBatches } from './message-batches.js';
import { packetOf } from './packet-of.js';
import { ReplyQueue } from './reply-queue.js';
import { Sessions } from './sessions.js';
import { takeFailure } from './take-failure.js';
import { TextParser } from './text-parser.js';

export interface CommandTransportOptions extends ClientSettings {
  /** Told of every batch of messages that could not be read. */
  readonly onBatchRefused: () => void;
  /** Which of several instances takes commands. */
  readonly instances: Pick<ServiceInstances, 'standby' | 'onChange'>;
}

/**
 * Nest's transport for Kafka, for `@MessagePattern` handlers alone: the events of the log come by `ReactorHost`. Other than
 * Nest's it works on many messages at once, those of one key in their order; its offset moves on when a message was answered;
 * it answers to the reply topic of the message's topic and to no other; and it goes on by itself whatever becomes of the brokers,
 * and whatever lies in the topic.
 */
export class CommandTransport extends ServerKafka implements CustomTransportStrategy {
  readonly #log: Log;
  readonly #batches: MessageBatches;
  readonly #replies: ReplyQueue;
  readonly #sessions: Sessions;
  #stopListening = (): void => undefined;

  constructor(private readonly given: CommandTransportOptions) {
    super(clientOptions(given));
    const { log } = given;
    this.parser = new TextParser();
    this.#log = log;
    this.#replies = new ReplyQueue({
      sendAll: async (topicMessages) => this.producer?.sendBatch({ topicMessages }),
      onNotSent: (topic, error) => this.#notSent(topic, error),
    });
    this.#batches = new MessageBatches(
      { handle: (batch, message) => this.#one(batch, message), answered: () => this.#replies.flushed() },
      log,
    );
    const steps = { open: () => this.#open(), close: () => this.#disconnect() };
    this.#sessions = new Sessions(steps, { group: this.groupId }, log);
  }

  /** Handlers of events belong to the log; a topic is called by its name on the cluster. */
  override addHandler(pattern: unknown, handler: MessageHandler, isEventHandler = false, extras = {}): void {
    if (isEventHandler) return;
    super.addHandler(this.given.broker.nameOnCluster(String(pattern)), handler, isEventHandler, extras);
  }

  /** Answers at once: the service works without commands from Kafka, and they wait there. */
  override listen(callback: (error?: unknown) => void): Promise<void> {
    if (this.messageHandlers.size > 0) this.#begin();
    callback();
    return Promise.resolve();
  }

  /** Lets what is under way be answered. */
  override async close(): Promise<void> {
    this.#stopListening();
    this.#batches.close();
    await this.#sessions.end();
  }

  override async bindEvents(consumer: Consumer): Promise<void> {
    await consumer.subscribe({ topics: this.#topics, fromBeginning: true });
    await consumer.run({
      ...{ autoCommitInterval: 1_000, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 64 },
      eachBatch: (batch) => this.#batches.take(batch),
    });
  }

  /** As Nest's, but done when the answer is on its way. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- Nest's own answers a promise too, and waits for it.
  protected override async handleRequest(
    context: BaseRpcContext,
    produce: () => Promise<Observable<unknown>>,
    respond: (packet: WritePacket) => Promise<unknown> | void,
  ): Promise<void> {
    const answer = new Promise<WritePacket>((resolve) =>
      this.runWithProcessingHooks(context, async (end) => {
        resolve(await packetOf(produce));
        end();
      }),
    );
    await respond(await answer);
  }

  /**
   * Resolves when the answer is on its way, for which `answered` waits. One that cannot be sent is missed by whoever waits for it,
   * and then asked for again.
   */
  override async sendMessage(
    message: OutgoingResponse,
    replyTopic: string,
    replyPartition: string | undefined | null,
    correlationId: string,
  ): Promise<RecordMetadata[]> {
    try {
      const reply = await this.serializer.serialize(message.response);
      if (/^\d{1,9}$/.test(replyPartition ?? '')) this.assignReplyPartition(replyPartition, reply);
      this.assignCorrelationIdHeader(correlationId, reply);
      this.assignErrorHeader(message, reply);
      this.assignIsDisposedHeader(message, reply);
      await this.#replies.add(replyTopic, reply);
    } catch (error) {
      this.#notSent(replyTopic, error);
    }
    return [];
  }

  protected override registerConsumerEventListeners(): void {
    super.registerConsumerEventListeners();
    const { consumer } = this;
    consumer?.on(consumer.events.CRASH, ({ payload }) => this.#sessions.broken(payload.error));
  }

  get #topics(): string[] {
    return [...this.messageHandlers.keys()];
  }

  /** What another one is to decide, that one has to be given. */
  #begin(): void {
    const { instances } = this.given;
    this.#stopListening = instances.onChange(() => {
      if (instances.standby) this.#sessions.broken(instances.standby);
    });
    this.#sessions.begin();
  }

  async #open(): Promise<void> {
    const { standby } = this.given.instances;
    if (standby) throw standby;
    const named = this.#topics.flatMap((topic) => [topic, replyTopicOf(topic)]);
    await this.given.broker.requireTopics(named);
    this.client = this.given.broker.withBoundedFetching(await this.createClient());
    await this.start(() => undefined);
  }

  async #disconnect(): Promise<void> {
    await Promise.allSettled([this.consumer?.disconnect(), this.producer?.disconnect()]);
  }

  #notSent(topic: string, error: unknown): void {
    this.#log.warn('reply-not-sent', { topic, ...factsOf(takeFailure(error)) });
  }

  async #one({ batch, heartbeat, pause }: EachBatchPayload, message: EachMessagePayload['message']): Promise<void> {
    const { topic, partition } = batch;
    const refusal = this.given.broker.refusalOf(message);
    if (refusal) return this.#refuse({ topic, partition }, refusal);
    const replyTopic = message.headers?.[KafkaHeaders.REPLY_TOPIC];
    if (replyTopic !== undefined && String(replyTopic) !== replyTopicOf(topic)) {
      const facts = { topic, partition, offset: message.offset };
      return this.#log.warn('command-refused', { ...facts, code: 'reply-topic-refused' });
    }
    await this.handleMessage({ topic, partition, message, heartbeat, pause });
  }
  #refuse(place: { readonly topic: string; readonly partition: number }, refusal: Refusal): void {
    this.given.onBatchRefused();
    this.#log.error('commands-refused', { ...place, code: 'batch-unreadable', ...refusal });
  }
}
