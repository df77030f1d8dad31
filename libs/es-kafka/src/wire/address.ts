/** Where a broker listens; an IPv6 address is without brackets. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** As it is written: `host:port`, with brackets around an IPv6 address. */
export const nameOf = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

export const addressOf = (broker: string): Address => {
  const colon = broker.lastIndexOf(':');
  const host = broker.slice(0, colon);
  return { host: host.startsWith('[') ? host.slice(1, -1) : host, port: Number(broker.slice(colon + 1)) };
};
