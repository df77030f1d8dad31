import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { CommandBroker } from './command-broker.js';
import type { CommandTransportOptions } from './command-transport.js';

/** Commands come over Kafka where the log is there; what that takes is loaded only then. */
export const commandTransports = async (
  broker: CommandBroker | undefined,
  options: Omit<CommandTransportOptions, 'broker'>,
): Promise<readonly CustomTransportStrategy[]> => {
  if (!broker) return [];
  const { CommandTransport } = await import('./command-transport.js');
  return [new CommandTransport({ ...options, broker })];
};
