import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { EsError } from '@ledgerline/es-core';

/** Names a key: a hash of the public one, base64url. */
export const keyIdOf = (key: KeyObject): string => {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
};

/** @throws EsError `seal-key-unusable`, naming the file and what it has to be */
export const privateKeyIn = async (path: string): Promise<KeyObject> =>
  ed25519(path, 'a private key in PEM, without a password', await contentOf(path), createPrivateKey);

/** @throws EsError `seal-key-unusable`; also for a private key, which has no business where seals are verified */
export const publicKeyIn = async (path: string): Promise<KeyObject> => {
  const pem = await contentOf(path);
  if (pem.includes('PRIVATE KEY'))
    throw unusable(path, 'is a private key: seals are verified with the public one alone');
  return ed25519(path, 'a public key in PEM', pem, createPublicKey);
};

/** Makes both keys, the public one beside as `<path>.pub`; never in the place of others. @throws EsError `seal-key-exists` */
export const makeKeys = async (path: string): Promise<{ readonly publicKey: string; readonly keyId: string }> => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  await writeNew(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  await writeNew(`${path}.pub`, publicKey.export({ type: 'spki', format: 'pem' }), 0o644);
  return { publicKey: `${path}.pub`, keyId: keyIdOf(publicKey) };
};

const ed25519 = (path: string, what: string, pem: string, parse: (pem: string) => KeyObject): KeyObject => {
  let key: KeyObject;
  try {
    key = parse(pem);
  } catch (cause) {
    throw unusable(path, `must be ${what}`, cause);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw unusable(
      path,
      `must be an Ed25519 key, it is of ${key.asymmetricKeyType}: make one with \`es seal --new-key\``,
    );
  return key;
};

const contentOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw unusable(path, 'cannot be read', cause);
  }
};

const writeNew = async (path: string, pem: string | Buffer, mode: number): Promise<void> => {
  try {
    await writeFile(path, pem, { flag: 'wx', mode });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST')
      throw new EsError('seal-key-exists', `${path} is there already: it is left as it is`, false, {}, { cause });
    throw unusable(path, 'cannot be written', cause);
  }
};

const unusable = (path: string, rule: string, cause?: unknown): EsError =>
  new EsError('seal-key-unusable', `${path} ${rule}`, false, { path }, { cause });
