import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { ServiceConfig } from '../config/environment.js';
import { CONFIG } from '../service-tokens.js';

const EVERYWHERE = new Set(['0.0.0.0', '::']);

/** Where other instances reach this one. */
@Injectable()
export class ServiceAddress {
  #port: string | undefined;

  constructor(@Inject(CONFIG) private readonly config: ServiceConfig) {}

  /** Told once the service listens: its port may have been left to the system. */
  listensOn(url: string): void {
    this.#port = new URL(url).port;
  }

  /** As the environment says; otherwise the address that it listens on, or this machine's name where that is every address. */
  get url(): string {
    const { ADVERTISED_URL, HOST } = this.config;
    if (ADVERTISED_URL !== undefined) return ADVERTISED_URL;
    const host = EVERYWHERE.has(HOST) ? hostname() : HOST;
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }
}
