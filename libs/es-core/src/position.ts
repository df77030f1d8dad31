/** A place in the log: the `ordinal`-th record that counted in its partition. Written `parcels.events/3@1204`. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
}

const POSITION = /^([A-Za-z0-9._-]{1,200})\/(0|[1-9]\d{0,5})@(0|[1-9]\d{0,14})$/;

export const formatPosition = ({ topic, partition, ordinal }: Position): string => `${topic}/${partition}@${ordinal}`;

/** The position that `text` names, or undefined when it names none. */
export const parsePosition = (text: string): Position | undefined => {
  const match = POSITION.exec(text.trim());
  if (!match) return undefined;
  const [, topic = '', partition, ordinal] = match;
  return { topic, partition: Number(partition), ordinal: Number(ordinal) };
};

/** `parcels.events/3`: the key under which a reader keeps its place in one partition. */
export const partitionKey = (topic: string, partition: number): string => `${topic}/${partition}`;
