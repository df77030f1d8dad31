export type ServiceName = 'order-service' | 'payment-service' | 'projection-service';

export interface RunningService {
  readonly name: ServiceName;
  readonly url: string;
  readonly port: number;
  readonly pid: number | undefined;
}

export interface RunningServices {
  readonly services: readonly RunningService[];
  /** Settles when each answers GET /health/ready; rejects when one ends before, or takes too long. */
  ready(): Promise<void>;
  /** Settles when the first of them ends, for whatever reason. */
  readonly firstEnd: Promise<{ name: ServiceName; code: number | null; signal: string | null }>;
  /** Sends one service a signal (SIGKILL by default); false when it has ended already. */
  kill(name: ServiceName, signal?: NodeJS.Signals): boolean;
  /** SIGTERM, then SIGKILL after `within` milliseconds (8000); settles when all have ended. */
  stop(within?: number): Promise<void>;
}

export interface StartServicesOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly only?: readonly ServiceName[];
  readonly onLog?: (name: ServiceName, line: string) => void;
  readonly readyWithin?: number;
}

export function startServices(options?: StartServicesOptions): RunningServices;
export function describeServices(env?: Readonly<Record<string, string | undefined>>): {
  readonly name: ServiceName;
  readonly port: number;
  readonly url: string;
}[];
/** Makes what is missing of the topics on Kafka; nothing where the log is embedded. Rejects with what the command said. */
export function provisionTopics(options?: {
  readonly env?: Readonly<Record<string, string | undefined>>;
}): Promise<void>;
