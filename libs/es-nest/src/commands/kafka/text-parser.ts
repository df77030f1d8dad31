import { KafkaParser } from '@nestjs/microservices';

/**
 * Leaves a value as it came, and takes keys and headers for the texts that they are: Nest's own makes JSON of what looks like it, and
 * one text of a header that comes twice.
 */
export class TextParser extends KafkaParser {
  constructor() {
    super({ keepBinary: true });
  }

  override decode(value: Buffer | readonly Buffer[]): string | (string | null)[] | null {
    if (Array.isArray(value)) return value.map((one: Buffer | null) => (one == null ? null : String(one)));
    return value == null ? null : String(value);
  }
}
