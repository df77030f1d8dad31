import { KafkaParser } from '@nestjs/microservices';

/** Leaves a value as it came, and takes keys and headers for the texts that they are: Nest's own makes JSON of what looks like it. */
export class TextParser extends KafkaParser {
  constructor() {
    super({ keepBinary: true });
  }

  override decode(value: Buffer): string | null {
    return value == null ? null : String(value);
  }
}
