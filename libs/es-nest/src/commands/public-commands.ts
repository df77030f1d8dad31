import type { CommandAnswer, CommandMetadata, DomainEvent } from '@ledgerline/es-core';
import type { z } from 'zod';

/** Decides a command for the instance `id`. */
type Handle<Data> = (id: string, data: Data, metadata: CommandMetadata) => Promise<CommandAnswer<DomainEvent>>;

/** A command that people may send. */
export interface PublicCommand {
  /** Of the streams it is for. */
  readonly category: string;
  /** Of its data. */
  readonly schema: z.ZodType;
  /** `data` has been through the schema. */
  readonly handle: Handle<unknown>;
}

/** What `POST /commands` takes. */
export interface PublicCommands {
  readonly byType: ReadonlyMap<string, PublicCommand>;
  /** Commands of the process: known, and refused. */
  readonly ofTheProcess: ReadonlySet<string>;
  /** Codes of rules that may say yes later, without anybody changing the command. */
  readonly retriable: ReadonlySet<string>;
}

/** Binds a command's schema to what handles its data. */
export const publicCommand = <S extends z.ZodType>(
  category: string,
  schema: S,
  handle: Handle<z.output<S>>,
): PublicCommand => ({
  category,
  schema,
  // What comes in has just been through this very schema.
  handle: (id, data, metadata) => handle(id, data as z.output<S>, metadata),
});

export const publicCommands = (
  commands: Readonly<Record<string, PublicCommand>>,
  {
    ofTheProcess,
    retriable = [],
  }: { readonly ofTheProcess: readonly string[]; readonly retriable?: readonly string[] },
): PublicCommands => ({
  byType: new Map(Object.entries(commands)),
  ofTheProcess: new Set(ofTheProcess),
  retriable: new Set(retriable),
});
