import { parseCommand, UsageError } from './parse-command.js';

describe('the command', () => {
  it.each([
    [['up'], { verb: 'up' }],
    [['up', '--brokers', '1'], { verb: 'up', brokers: 1 }],
    [['up', '--brokers=3'], { verb: 'up', brokers: 3 }],
    [['up', '--only', 'mongo'], { verb: 'up', only: 'mongo' }],
    [['up', '--only=kafka', '--brokers', '3'], { verb: 'up', only: 'kafka', brokers: 3 }],
    [['down'], { verb: 'down', wipe: false }],
    [['down', '--wipe'], { verb: 'down', wipe: true }],
    [['status'], { verb: 'status' }],
  ])('%j is understood', (args, command) => {
    expect(parseCommand(args)).toEqual(command);
  });

  it.each([
    [[]],
    [['stop']],
    [['up', '--brokers', '2']],
    [['up', '--only', 'redis']],
    [['up', '--only', 'mongo', '--brokers', '3']],
    [['up', '--wipe']],
    [['down', 'now']],
    [['status', '--json']],
  ])('%j is answered with the usage', (args) => {
    expect(() => parseCommand(args)).toThrow(UsageError);
    expect(() => parseCommand(args)).toThrow('usage: servers:up');
  });
});
