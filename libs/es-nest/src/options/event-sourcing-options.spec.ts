import { memoryStorage } from '@ledgerline/es-testing';
import { eventSourcingSettings } from './event-sourcing-options.js';

const given = { service: 'parcel-service', storage: memoryStorage() };

describe('the options of event sourcing', () => {
  it('may be left out, but for the service and its storage', () => {
    expect(eventSourcingSettings(given)).toEqual({
      ...{ service: 'parcel-service', description: '', settings: {}, personalData: false },
      ...{ topicCheckIntervalMs: 30_000, maxClockSkewMs: 60_000 },
    });
  });

  it('take where others reach the instance without a slash at its end', () => {
    const { advertisedUrl } = eventSourcingSettings({ ...given, advertisedUrl: 'http://parcels-1:3000/' });
    expect(advertisedUrl).toBe('http://parcels-1:3000');
  });

  it.each<[object, string]>([
    [{ service: 'parcel service' }, 'service must be 1 to 128 characters'],
    [{ advertisedUrl: 'parcels' }, 'advertisedUrl must be a URL of http or https'],
    [{ advertisedUrl: 'http://user:hunter2@parcels' }, 'advertisedUrl must be no more than a place'],
    [{ instanceSecret: 'hunter2' }, 'instanceSecret must be 32 to 1024 printable characters without spaces'],
    [{ topicCheckIntervalMs: 0.5 }, 'topicCheckIntervalMs must be a whole number of milliseconds from 1 to 3600000'],
    [{ maxClockSkewMs: 0 }, 'maxClockSkewMs must be a whole number of milliseconds from 1 to 999999999000'],
    [{ commandsTopic: '' }, 'commandsTopic must be the name of a topic'],
    [{ storage: undefined }, 'storage must be what embedded(), kafka() or another adapter answers'],
    [{ hosst: 'x' }, 'Unrecognized key: "hosst"'],
  ])('are refused in %j by name and rule, without the value', (options, message) => {
    const settings = (): unknown => eventSourcingSettings({ ...given, ...options });
    expect(settings).toThrow(message);
    expect(settings).not.toThrow('hunter2');
  });

  it('are named all at once', () => {
    expect(() => eventSourcingSettings({ ...given, commandsTopic: '', maxClockSkewMs: -1 })).toThrow(
      /commandsTopic must .*; .*maxClockSkewMs must /,
    );
  });
});
