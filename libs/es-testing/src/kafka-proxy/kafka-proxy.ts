import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { KafkaProxyOptions, Passing, Treatment } from './passing.js';
import { ProxiedConnection } from './proxied-connection.js';

/** A broker's door with bad weather in it. The broker has to advertise the proxy's address, or clients go around it. */
export class KafkaProxy {
  /** Asked about everything that passes; a spec changes it at any time. */
  treat: (passing: Passing) => Treatment = () => 'pass';
  readonly #connections = new Set<ProxiedConnection>();
  #count = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: KafkaProxyOptions['target'],
  ) {
    server.on('connection', (client) => this.#connect(client));
  }

  static async open({ target, port = 0 }: KafkaProxyOptions): Promise<KafkaProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return new KafkaProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Ends every connection at once; clients may connect again. */
  cutAll(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /** Safe to repeat. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.cutAll();
    await closed;
  }

  #connect(client: Socket): void {
    const number = (this.#count += 1);
    const treat = (passing: Omit<Passing, 'connection'>): Treatment => this.treat({ ...passing, connection: number });
    const connection = new ProxiedConnection({
      client,
      target: this.target,
      treat,
      ended: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }
}
