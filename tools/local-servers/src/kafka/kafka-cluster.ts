import { javaProgram } from '../java.js';
import { GuardedProcess } from '../processes/guarded-process.js';
import { type BrokerHome } from './broker-home.js';
import { brokersReady } from './brokers-ready.js';
import { type ClientSecurity } from './client-security.js';
import { type PlannedNode } from './cluster-plan.js';

export interface PreparedBroker {
  readonly node: PlannedNode;
  readonly home: BrokerHome;
  /** Where clients are told to come. */
  readonly advertised: string;
}

/** Running brokers, to be used and to be hurt. Nodes are numbered from 1. */
export class KafkaCluster {
  readonly #processes = new Map<number, GuardedProcess>();

  private constructor(
    private readonly nodes: readonly PreparedBroker[],
    /** What clients have to show; undefined where nothing is asked. */
    readonly security: ClientSecurity | undefined,
  ) {}

  static async start(nodes: readonly PreparedBroker[], security?: ClientSecurity): Promise<KafkaCluster> {
    const cluster = new KafkaCluster(nodes, security);
    try {
      for (const node of nodes) cluster.#start(node);
      await cluster.#ready();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  /** Where clients begin: the advertised addresses, in the order of the nodes. */
  get brokers(): readonly string[] {
    return this.nodes.map(({ advertised }) => advertised);
  }

  /** Where the brokers listen themselves, behind whatever is advertised. */
  get listeners(): readonly string[] {
    return this.nodes.map(({ node }) => `127.0.0.1:${node.ports.clients}`);
  }

  /** Where the brokers talk among themselves, which is never by TLS. */
  get internalListeners(): readonly string[] {
    return this.nodes.map(({ node }) => `127.0.0.1:${node.ports.internal}`);
  }

  /** Ends one broker as a crash does; resolves when it is gone. */
  async kill(node: number): Promise<void> {
    await this.#process(node).kill();
  }

  /** Halts one broker with all its connections open. */
  stop(node: number): void {
    this.#process(node).send('SIGSTOP');
  }

  /** Lets a halted broker go on. */
  cont(node: number): void {
    this.#process(node).send('SIGCONT');
  }

  /** Starts one broker again on what it had, killing it before if it runs; resolves when all that run know each other. */
  async restart(node: number): Promise<void> {
    await this.kill(node);
    this.#start(this.#node(node));
    await this.#ready();
  }

  /** Ends all brokers, halted ones too; resolves when they are gone. Safe to repeat. */
  async close(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((child) => child.kill()));
  }

  #start({ node, home }: PreparedBroker): void {
    const args = home.javaArguments;
    const child = new GuardedProcess({ program: javaProgram('java'), args, log: home.log });
    this.#processes.set(node.id, child);
  }

  async #ready(): Promise<void> {
    const running = this.nodes.filter(({ node }) => this.#process(node.id).isRunning);
    await brokersReady(
      running.map(({ node, home }) => ({ node, home, isRunning: () => this.#process(node.id).isRunning })),
    );
  }

  #node(id: number): PreparedBroker {
    const found = this.nodes.find(({ node }) => node.id === id);
    if (!found) throw new Error(`there is no broker ${id}`);
    return found;
  }

  #process(id: number): GuardedProcess {
    const found = this.#processes.get(id);
    if (!found) throw new Error(`broker ${id} was never started`);
    return found;
  }
}
