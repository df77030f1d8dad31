import { type Reply, StandInService } from '../fixtures/stand-in-service.js';
import { CommandSender, type ServiceCommand } from './command-sender.js';
import { ServiceClient } from './service-client.js';
import { ServiceRefused } from './service-refused.error.js';
import { ServiceUnreachable } from './service-unreachable.error.js';
import { UnexpectedAnswer } from './unexpected-answer.error.js';

const command = (id: string, data: unknown = {}): ServiceCommand => ({
  id,
  type: 'AddItemToCart',
  stream: 'cart-1',
  data,
});
const verdict = (
  id: string,
  rest: object = { status: 'accepted', version: 1, position: 'orders.events/0@2' },
): string => JSON.stringify({ id, ...rest });
const busy = { status: 'rejected', code: 'overloaded', retriable: true };
const accepting = (commands: readonly ServiceCommand[]): Reply => ({
  body: commands.map(({ id }) => verdict(id)).join('\n'),
});

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const senderTo = async (reply: (commands: ServiceCommand[], request: number) => Reply) => {
  const requests: ServiceCommand[][] = [];
  const actors = new Set<unknown>();
  const service = new StandInService(({ body, headers }) => {
    actors.add(headers['x-actor']);
    const commands = body.split('\n').map((line) => JSON.parse(line) as ServiceCommand);
    requests.push(commands);
    return reply(commands, requests.length);
  });
  const client = new ServiceClient({ name: 'order-service', url: await service.listen() });
  closers.push(
    () => service.close(),
    () => client.close(),
  );
  return { sender: new CommandSender(client, 'import:spec'), service, requests, actors };
};

describe('a command sender', () => {
  it('sends many commands in few requests, in order, each well under a megabyte', async () => {
    const { sender, requests, actors } = await senderTo(accepting);
    const many = Array.from({ length: 2_500 }, (_, i) => command(`c${i}`));
    const large = Array.from({ length: 5 }, (_, i) => command(`l${i}`, 'ü'.repeat(150_000)));
    const verdicts = await sender.send([...many, ...large]);
    expect(verdicts.map(({ id }) => id)).toEqual([...many, ...large].map(({ id }) => id));
    expect([...actors]).toEqual(['import:spec']);
    expect(requests.flat().map(({ id }) => id)).toEqual([...many, ...large].map(({ id }) => id));
    expect(requests.length).toBeLessThanOrEqual(6);
    for (const request of requests)
      expect(Buffer.byteLength(request.map((one) => JSON.stringify(one)).join('\n'))).toBeLessThan(900_000);
  });

  it('sends again, under the same id, what the service was too busy for', async () => {
    const { sender, requests } = await senderTo((commands, request) =>
      request === 1 ? { body: [verdict('a'), verdict('b', busy)].join('\n') } : accepting(commands),
    );
    expect((await sender.send([command('a'), command('b')])).map(({ status }) => status)).toEqual([
      'accepted',
      'accepted',
    ]);
    expect(requests.map((commands) => commands.map(({ id }) => id))).toEqual([['a', 'b'], ['b']]);
  });

  it('comes back when the service as a whole was too busy', async () => {
    const { sender, requests } = await senderTo((commands, request) =>
      request < 3 ? { status: 503, body: '{"code":"overloaded"}' } : accepting(commands),
    );
    expect(await sender.send([command('a')])).toMatchObject([{ id: 'a', status: 'accepted' }]);
    expect(requests).toHaveLength(3);
  });

  it('comes back no sooner than the service asks it to', async () => {
    const times: number[] = [];
    const { sender } = await senderTo((commands, request) => {
      times.push(performance.now());
      return request === 1 ? { status: 503, retryAfter: 1, body: '{"code":"overloaded"}' } : accepting(commands);
    });
    expect(await sender.send([command('a')])).toMatchObject([{ id: 'a', status: 'accepted' }]);
    const [first = 0, second = 0] = times;
    // Timers may be a little early.
    expect(second - first).toBeGreaterThan(990);
  });

  it('leaves it to its caller when a payment was not requested yet', async () => {
    const early = { status: 'rejected', code: 'payment-not-requested', retriable: true };
    const { sender, requests } = await senderTo(() => ({ body: verdict('a', early) }));
    expect(await sender.send([command('a')])).toMatchObject([{ code: 'payment-not-requested' }]);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['fewer verdicts', { body: verdict('a') }],
    ['verdicts of other commands', { body: [verdict('a'), verdict('c')].join('\n') }],
    ['no verdicts', { body: '<html>' }],
  ])('does not take %s for an answer', async (_, reply) => {
    const { sender } = await senderTo(() => reply);
    await expect(sender.send([command('a'), command('b')])).rejects.toThrow(UnexpectedAnswer);
  });

  it('says what the service says is wrong', async () => {
    const { sender } = await senderTo(() => ({
      status: 413,
      body: '{"code":"body-too-large","detail":"at most 1 MB"}',
    }));
    const refused = sender.send([command('a')]);
    await expect(refused).rejects.toThrow(ServiceRefused);
    await expect(refused).rejects.toThrow('order-service: at most 1 MB (body-too-large)');
  });

  it('says that nobody is there', async () => {
    const { sender, service } = await senderTo(accepting);
    await service.close();
    closers.shift();
    await expect(sender.send([command('a')])).rejects.toThrow(ServiceUnreachable);
  });
});
