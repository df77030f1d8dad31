import type { InstanceAddress } from '@ledgerline/es-core/adapter';

const TOKEN = /^[A-Za-z0-9_.-]{1,128}$/;
const MOST_CHARACTERS = 2_048;

export const isAddress = (value: unknown): value is InstanceAddress => {
  if (typeof value !== 'object' || value === null) return false;
  const { url, token } = value as Partial<Record<keyof InstanceAddress, unknown>>;
  return typeof token === 'string' && TOKEN.test(token) && (url === undefined || isServiceUrl(url));
};

export const isReachable = ({ url }: InstanceAddress): boolean => url !== undefined;

/** `http` or `https`, and nothing in it but a place. */
const isServiceUrl = (url: unknown): boolean => {
  if (typeof url !== 'string' || url.length > MOST_CHARACTERS || !URL.canParse(url)) return false;
  const { protocol, username, password, search, hash } = new URL(url);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
};
