import { hostname } from 'node:os';
import { Inject, Injectable } from '@nestjs/common';
import type { ServiceSettings } from '../options/service-options.js';
import { SETTINGS } from '../service-tokens.js';

const EVERYWHERE = new Set(['0.0.0.0', '::']);

/** Where other instances reach this one. */
@Injectable()
export class ServiceAddress {
  #port: string | undefined;

  constructor(@Inject(SETTINGS) private readonly settings: ServiceSettings) {}

  /** Told once the service listens: its port may have been left to the system. */
  listensOn(url: string): void {
    this.#port = new URL(url).port;
  }

  /** As it was told; otherwise the address that it listens on, or this machine's name where that is every address. */
  get url(): string {
    const { advertisedUrl, host } = this.settings;
    if (advertisedUrl !== undefined) return advertisedUrl;
    const reachable = EVERYWHERE.has(host) ? hostname() : host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${this.#port}`;
  }
}
