import type { AddressInfo, Server } from 'node:net';
import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { OPTIONS } from '../tokens.js';

const EVERYWHERE = new Set(['0.0.0.0', '::']);

/** Where other instances reach this one: known once the application listens, for its port may have been left to the system. */
@Injectable()
export class ServiceAddress {
  #isKnown = (): void => undefined;
  readonly #known = new Promise<void>((resolve) => (this.#isKnown = resolve));

  constructor(
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    private readonly host: HttpAdapterHost,
  ) {
    host.listen$.subscribe(() => this.#isKnown());
  }

  /** Resolves when the application listens; at once where it was told, or there is no HTTP. No hook of Nest's comes after `listen`. */
  async known(): Promise<void> {
    if (this.options.advertisedUrl === undefined && (this.host as Partial<HttpAdapterHost>).httpAdapter)
      await this.#known;
  }

  /** Nobody waits any longer: the application is going to end. */
  giveUp(): void {
    this.#isKnown();
  }

  /** As it was told; otherwise where it listens, by this machine's name where that is every address. */
  get url(): string {
    const { advertisedUrl } = this.options;
    if (advertisedUrl !== undefined) return advertisedUrl;
    const server = (this.host as Partial<HttpAdapterHost>).httpAdapter?.getHttpServer() as Server | undefined;
    const { address, port } = (server?.address() ?? { address: '0.0.0.0', port: 0 }) as AddressInfo;
    const reachable = EVERYWHERE.has(address) ? hostname() : address;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  }
}
