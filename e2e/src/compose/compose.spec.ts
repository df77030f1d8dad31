import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environment } from '@ledgerline/shop-environment';
import { type Composed, composeCommand, composedBy } from './composed.js';

const command = composeCommand();
if (!command && process.env['CI'] === 'true')
  throw new Error('docker-compose is needed: apt-get install docker-compose');
if (!command) process.stderr.write('docker-compose.yml is not checked: there is no docker-compose on this machine.\n');

const APPS = ['order-service', 'payment-service', 'projection-service'];
const OURS = [...APPS, 'topics'];
const BROKERS = ['kafka', 'kafka-2', 'kafka-3'];

const serviceOf = (composed: Composed, name: string): Composed['services'][string] => {
  const service = composed.services[name];
  if (!service) throw new Error(`there is no ${name} in docker-compose.yml`);
  return service;
};

/** As the container sees it; what is set to nothing is not set. */
const environmentOf = (composed: Composed, name: string): Record<string, string> => {
  const set = Object.entries(serviceOf(composed, name).environment).map(
    ([key, value]) => [key, `${value ?? ''}`] as const,
  );
  return Object.fromEntries(set.filter(([, value]) => value.trim() !== ''));
};

(command ? describe : describe.skip)('docker-compose.yml', () => {
  let one: Composed;
  let three: Composed;

  beforeAll(() => {
    one = composedBy(command ?? []);
    three = composedBy(command ?? [], 'docker/three-brokers.env');
  }, 60_000);

  it('has the services, a broker, two more in a profile, MongoDB, and what creates the topics', () => {
    expect(Object.keys(one.services).sort()).toEqual([...OURS, ...BROKERS, 'mongo'].sort());
    const inProfiles = Object.entries(one.services).flatMap(([name, { profiles = [] }]) =>
      profiles.map((of) => [of, name]),
    );
    expect(inProfiles).toEqual([
      ['three-brokers', 'kafka-2'],
      ['three-brokers', 'kafka-3'],
    ]);
  });

  it.each(OURS)('gives %s only variables that it knows, with values that it takes', (name) => {
    for (const composed of [one, three]) {
      const variables = environmentOf(composed, name);
      expect(Object.keys(environment.shape)).toEqual(expect.arrayContaining(Object.keys(variables)));
      expect(environment.safeParse(variables).error?.issues ?? []).toEqual([]);
    }
  });

  it.each(OURS)('lets %s be reached from other containers, and reach the brokers and MongoDB', (name) => {
    expect(environmentOf(one, name)).toMatchObject({
      ...{ HOST: '0.0.0.0', KAFKA_BROKERS: 'kafka:9092', MONGODB_URI: 'mongodb://mongo:27017/ledgerline' },
    });
    expect(environmentOf(three, name)).toMatchObject({ KAFKA_BROKERS: 'kafka:9092,kafka-2:9092,kafka-3:9092' });
  });

  it.each(APPS)('asks %s for its health on its own port, and starts it after what it needs', (name) => {
    const { healthcheck, depends_on } = serviceOf(one, name);
    const port = environmentOf(one, name)[`${name.toUpperCase().replace('-', '_')}_PORT`];
    expect(healthcheck?.test.at(-1)).toContain(`http://127.0.0.1:${port}/health/ready`);
    expect(environmentOf(one, name)['ADVERTISED_URL']).toBe(`http://${name}:${port}`);
    expect(depends_on).toMatchObject({
      kafka: { condition: 'service_healthy' },
      mongo: { condition: 'service_healthy' },
      topics: { condition: 'service_completed_successfully' },
    });
  });

  it('creates the topics when the broker is healthy', () => {
    expect(serviceOf(one, 'topics').depends_on).toMatchObject({ kafka: { condition: 'service_healthy' } });
  });

  it.each(OURS)('runs a program in %s that there is', (name) => {
    const [program = ''] = [serviceOf(one, name).command ?? []].flat();
    const source = program.replace(/\/dist\/(.*)\.js$/, '/src/$1.ts');
    expect(source).toMatch(/^apps\/.*\/src\/main\.ts$/);
    expect(existsSync(fileURLToPath(new URL(`../../../${source}`, import.meta.url)))).toBe(true);
  });

  it('keeps records on one broker, and on three of three', () => {
    const replication = (composed: Composed) =>
      BROKERS.map((name) => {
        const { KAFKA_DEFAULT_REPLICATION_FACTOR: copies, KAFKA_MIN_INSYNC_REPLICAS: inSync } = environmentOf(
          composed,
          name,
        );
        return `${copies}/${inSync}`;
      });
    expect(replication(one)).toEqual(['1/1', '1/1', '1/1']);
    expect(replication(three)).toEqual(['3/2', '3/2', '3/2']);
  });
});
