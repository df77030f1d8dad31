import { connect, type Socket } from 'node:net';
import { correlationIdOf, FrameCutter, requestHead } from './frames.js';
import type { KafkaProxyOptions, Passing, Treatment } from './passing.js';

export interface ProxiedConnectionOptions {
  readonly client: Socket;
  readonly target: KafkaProxyOptions['target'];
  readonly treat: (passing: Omit<Passing, 'connection'>) => Treatment;
  readonly ended: () => void;
}

interface Asked {
  readonly apiKey: number;
  /** Answers of the broker to this request that the client never asked for. */
  surplus: number;
}

/** One client's connection through the proxy, and the one to the broker that belongs to it. */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #asked = new Map<number, Asked>();
  readonly #late = new Set<NodeJS.Timeout>();

  constructor(private readonly options: ProxiedConnectionOptions) {
    this.#client = options.client;
    this.#broker = connect({ ...options.target, noDelay: true });
    const requests = new FrameCutter();
    const responses = new FrameCutter();
    this.#client.on('data', (bytes: Buffer) => requests.take(bytes).forEach((frame) => this.#request(frame)));
    this.#broker.on('data', (bytes: Buffer) => responses.take(bytes).forEach((frame) => this.#response(frame)));
    // Both ends may break off at any time: that is what this is for.
    this.#client.on('error', () => this.#client.destroy());
    this.#broker.on('error', () => this.#broker.destroy());
    this.#client.on('close', () => this.#clientGone());
    this.#broker.on('close', () => this.cut());
  }

  cut(): void {
    for (const timer of this.#late) clearTimeout(timer);
    this.#late.clear();
    this.#client.destroy();
    this.#broker.destroy();
    this.options.ended();
  }

  /** What is late still arrives: the network does not know that nobody waits for the answer. */
  #clientGone(): void {
    if (this.#late.size === 0) this.cut();
  }

  #request(frame: Buffer): void {
    const { apiKey, correlationId } = requestHead(frame);
    const treatment = this.options.treat({ direction: 'request', apiKey, frame });
    this.#asked.set(correlationId, { apiKey, surplus: treatment === 'repeat' ? 1 : 0 });
    this.#pass(treatment, () => this.#broker.write(frame));
  }

  #response(frame: Buffer): void {
    const correlationId = correlationIdOf(frame);
    const asked = this.#asked.get(correlationId);
    if (asked && asked.surplus < 0) return void this.#asked.delete(correlationId);
    if (asked && asked.surplus > 0) asked.surplus = -1;
    else this.#asked.delete(correlationId);
    const treatment = this.options.treat({ direction: 'response', apiKey: asked?.apiKey ?? -1, frame });
    this.#pass(treatment, () => this.#client.write(frame));
  }

  #pass(treatment: Treatment, send: () => void): void {
    switch (treatment) {
      case 'pass':
        return send();
      case 'lose':
        return;
      case 'repeat':
        send();
        return send();
      case 'cut':
        return this.cut();
      default:
        this.#sendLate(treatment.afterMs, send);
    }
  }

  #sendLate(afterMs: number, send: () => void): void {
    const timer = setTimeout(() => {
      send();
      this.#late.delete(timer);
      // Time for it to leave: an end to the connection in the same instant would take it along.
      if (this.#client.destroyed && this.#late.size === 0) this.#broker.end();
    }, afterMs);
    this.#late.add(timer);
  }
}
