import { type ServiceOptions, serviceSettings } from './service-options.js';

describe('the options of a service', () => {
  it('may all be left out', () => {
    expect(serviceSettings('parcel-service', {})).toEqual({
      ...{ host: '127.0.0.1', port: 0, logLevel: 'info', topicCheckIntervalMs: 30_000, maxClockSkewMs: 60_000 },
    });
  });

  it('take where others reach the instance without a slash at its end', () => {
    const { advertisedUrl } = serviceSettings('parcel-service', { advertisedUrl: 'http://parcels-1:3000/' });
    expect(advertisedUrl).toBe('http://parcels-1:3000');
  });

  it.each<[object, string]>([
    [{ host: 'a b' }, 'host must be a host name or an address without spaces'],
    [{ port: 70_000 }, 'port must be a port number from 0 to 65535'],
    [{ port: '3000' }, 'port must be a port number from 0 to 65535'],
    [{ logLevel: 'loud' }, 'logLevel must be one of trace, debug, info, warn, error, fatal, silent'],
    [{ advertisedUrl: 'parcels' }, 'advertisedUrl must be a URL of http or https'],
    [{ advertisedUrl: 'http://user:hunter2@parcels' }, 'advertisedUrl must be no more than a place'],
    [{ instanceSecret: 'hunter2' }, 'instanceSecret must be 32 to 1024 printable characters without spaces'],
    [{ topicCheckIntervalMs: 0.5 }, 'topicCheckIntervalMs must be a whole number of milliseconds from 1 to 3600000'],
    [{ maxClockSkewMs: 0 }, 'maxClockSkewMs must be a whole number of milliseconds from 1 to 999999999000'],
    [{ hosst: 'x' }, 'Unrecognized key: "hosst"'],
  ])('are refused in %j by name and rule, without the value', (options, message) => {
    const settings = (): unknown => serviceSettings('parcel-service', options as ServiceOptions);
    expect(settings).toThrow(`parcel-service: ${message}`);
    expect(settings).not.toThrow('hunter2');
  });

  it('are named all at once', () => {
    expect(() => serviceSettings('parcel-service', { host: ' ', port: -1 })).toThrow(
      /^parcel-service: host must .*; parcel-service: port must /,
    );
  });
});
