import type { JsonSchema, StoredSchema } from '@ledgerline/schema-gate';
import type { Rejection } from './source/reachable.js';

/** What the services record, take and react to, from their schemas and their code. */
export interface Catalogue {
  readonly version: string;
  readonly services: readonly Service[];
  readonly events: readonly EventEntry[];
  readonly commands: readonly CommandEntry[];
}

export interface Service {
  readonly name: string;
  readonly description: string;
  /** Where it records its events, and takes commands of others; neither where it only reads. */
  readonly topic?: string;
  readonly commandTopic?: string;
}

export interface EventEntry {
  readonly name: string;
  readonly topic: string;
  /** Who records it. */
  readonly service: string;
  /** First part of the names of its streams. */
  readonly category: string;
  readonly description: string;
  /** All shapes it is stored in, today's first. */
  readonly versions: readonly StoredSchema[];
  readonly example: unknown;
  /** The commands that it may follow from. */
  readonly commands: readonly string[];
  readonly consumers: readonly Consumer[];
}

export interface Consumer {
  readonly service: string;
  /** Its reactor or read model; of a deadline, the category that has it. */
  readonly name: string;
  readonly kind: 'reactor' | 'read-model' | 'deadline';
  /** The commands that it may send because of the event. */
  readonly sends: readonly string[];
}

export interface CommandEntry {
  readonly name: string;
  readonly service: string;
  readonly category: string;
  readonly description: string;
  /** True where people and other services may send it; otherwise it is the process's own. */
  readonly isPublic: boolean;
  /** Of its fields. */
  readonly schema: JsonSchema;
  readonly rules: ReadonlyMap<string, string>;
  readonly senders: readonly Sender[];
  readonly rejections: readonly Rejection[];
  readonly events: readonly string[];
  /** Reactors that act on it when a rule said no. */
  readonly rejectionConsumers: readonly Consumer[];
}

export interface Sender {
  readonly service: string;
  /** `POST /orders`, a topic, or an event; of a deadline, the event that sets it. */
  readonly by: string;
  readonly kind: 'http' | 'message' | 'event' | 'rejection' | 'deadline';
}
