import { serviceUrls } from './environment.js';

describe('the services of an environment', () => {
  it('are where they usually are', () => {
    expect(serviceUrls({ ORDER_SERVICE_URL: '', HOST: undefined, LOG_LEVEL: 'no matter here' })).toEqual({
      ...{ orders: 'http://127.0.0.1:3001', payments: 'http://127.0.0.1:3002' },
      projections: 'http://127.0.0.1:3003',
    });
  });

  it('are where their ports, their host or their URLs say', () => {
    const env = { HOST: '0.0.0.0', ORDER_SERVICE_PORT: '4001', PAYMENT_SERVICE_URL: 'https://shop.example/pay/' };
    expect(serviceUrls(env)).toMatchObject({ orders: 'http://127.0.0.1:4001', payments: 'https://shop.example/pay' });
    expect(serviceUrls({ HOST: '::1' }).orders).toBe('http://[::1]:3001');
  });

  it.each([
    [{ HOST: 'a b' }, 'HOST must be a host name or an address without spaces'],
    [{ HOST: 'a\nb' }, 'HOST must be a host name or an address'],
    [{ HOST: '[::1]' }, 'HOST must be a host name or an address'],
    [{ HOST: 'shop/path' }, 'HOST must be a host name or an address'],
    [{ ORDER_SERVICE_URL: 'shop' }, 'ORDER_SERVICE_URL must be a URL'],
    [{ PAYMENT_SERVICE_PORT: '70000' }, 'PAYMENT_SERVICE_PORT must be a port number'],
    [{ PROJECTION_SERVICE_PORT: 'x' }, 'PROJECTION_SERVICE_PORT must be a port number'],
  ])('cannot be told from %j', (env, message) => {
    expect(() => serviceUrls(env)).toThrow(message);
  });
});
