import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { javaProgram } from '../java.js';
import { runProgram } from '../processes/run-program.js';
import { ServersError } from '../servers.error.js';
import { type User } from './broker-home.js';
import { type Settings } from './broker-settings.js';

/** What a client needs to come in by TLS and SASL, PLAIN or SCRAM-SHA-512. */
export interface ClientSecurity {
  /** The certificate, in PEM, of the authority that all brokers' certificates are signed by. */
  readonly ca: string;
  readonly users: readonly User[];
}

export interface SecuredBrokers {
  readonly client: ClientSecurity;
  readonly settings: Settings;
}

/**
 * Makes an authority, a certificate for 127.0.0.1 and localhost that it signed, and users with passwords of their own.
 * @throws ServersError `certificate-failed`
 */
export const secureBrokers = async (directory: string): Promise<SecuredBrokers> => {
  await mkdir(directory, { recursive: true });
  const password = newPassword();
  const certificates = await makeCertificates(directory, password);
  const users = ['alice', 'bob', 'carol', 'dave', 'erin'].map((username) => ({ username, password: newPassword() }));
  return {
    client: { ca: await readFile(certificates.ca, 'utf8'), users },
    settings: { ...tls(certificates.server, password), ...sasl(users) },
  };
};

const newPassword = (): string => randomBytes(12).toString('hex');

const tls = (keyStore: string, password: string): Settings => ({
  'listener.name.clients.ssl.keystore.type': 'PKCS12',
  'listener.name.clients.ssl.keystore.location': keyStore,
  'listener.name.clients.ssl.keystore.password': password,
  'listener.name.clients.ssl.key.password': password,
});

const sasl = (users: readonly User[]): Settings => {
  const known = users.map(({ username, password }) => `user_${username}="${password}"`).join(' ');
  const modules = 'org.apache.kafka.common.security';
  return {
    'listener.name.clients.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'listener.name.clients.plain.sasl.jaas.config': `${modules}.plain.PlainLoginModule required ${known};`,
    'listener.name.clients.scram-sha-512.sasl.jaas.config': `${modules}.scram.ScramLoginModule required;`,
  };
};

/** With Java's own keytool: whoever runs Kafka has it. */
const makeCertificates = async (
  directory: string,
  password: string,
): Promise<{ readonly ca: string; readonly server: string }> => {
  const [authority, server, ca] = ['authority.p12', 'server.p12', 'ca.pem'].map((name) => join(directory, name));
  const [request, signed] = ['server.csr', 'server.pem'].map((name) => join(directory, name));
  if (!authority || !server || !ca || !request || !signed) throw new Error('five names make five files');
  const newKey = ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '30'];
  const keytool = keytoolWith(password);
  await Promise.all([
    keytool(authority, ...newKey, '-alias', 'ca', '-dname', 'CN=Local servers', '-ext', 'bc:c=ca:true'),
    keytool(server, ...newKey, '-alias', 'server', '-dname', 'CN=localhost'),
  ]);
  await Promise.all([
    keytool(authority, '-exportcert', '-rfc', '-alias', 'ca', '-file', ca),
    keytool(server, '-certreq', '-alias', 'server', '-file', request),
  ]);
  const names = ['-ext', 'san=ip:127.0.0.1,dns:localhost', '-validity', '30'];
  await keytool(authority, '-gencert', '-rfc', '-alias', 'ca', '-infile', request, '-outfile', signed, ...names);
  await keytool(server, '-importcert', '-noprompt', '-alias', 'ca', '-file', ca);
  await keytool(server, '-importcert', '-noprompt', '-alias', 'server', '-file', signed);
  return { ca, server };
};

const keytoolWith =
  (password: string) =>
  async (keyStore: string, ...args: string[]): Promise<void> => {
    const store = ['-keystore', keyStore, '-storetype', 'PKCS12', '-storepass', password];
    const { code, output } = await runProgram(javaProgram('keytool'), [...args, ...store]);
    if (code !== 0) throw new ServersError('certificate-failed', `keytool ${args[0]} failed:\n${output}`);
  };
