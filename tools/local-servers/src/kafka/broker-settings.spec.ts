import { asProperties, brokerSettings } from './broker-settings.js';
import { type ClusterPlan } from './cluster-plan.js';

const node = (id: number) => ({ id, ports: { clients: id * 10, internal: id * 10 + 1, controller: id * 10 + 2 } });
const one = node(1);
const single: ClusterPlan = { clusterId: 'L', nodes: [one] };
const triple: ClusterPlan = { clusterId: 'L', nodes: [one, node(2), node(3)] };
const usual = { node: one, data: '/data', advertisedPort: 10 };

describe('the settings of a broker', () => {
  it('tell clients the advertised port, and the other brokers its own', () => {
    expect(brokerSettings({ ...usual, plan: single, advertisedPort: 99 })).toMatchObject({
      listeners: 'CLIENTS://127.0.0.1:10,INTERNAL://127.0.0.1:11,CONTROLLER://127.0.0.1:12',
      'advertised.listeners': 'CLIENTS://127.0.0.1:99,INTERNAL://127.0.0.1:11',
    });
  });

  it('name all controllers', () => {
    expect(brokerSettings({ ...usual, plan: triple })).toMatchObject({
      'controller.quorum.voters': '1@127.0.0.1:12,2@127.0.0.1:22,3@127.0.0.1:32',
    });
  });

  it.each([
    ['one broker', single, 1, 1],
    ['three brokers', triple, 3, 2],
  ])('keep records on as many as %s can', (_, plan, copies, inSync) => {
    expect(brokerSettings({ ...usual, plan })).toMatchObject({
      'default.replication.factor': copies,
      'offsets.topic.replication.factor': copies,
      'transaction.state.log.replication.factor': copies,
      'min.insync.replicas': inSync,
      'transaction.state.log.min.isr': inSync,
    });
  });

  it('ask only clients for TLS and SASL', () => {
    const { 'listener.security.protocol.map': protocols } = brokerSettings({ ...usual, plan: single, security: {} });
    expect(protocols).toBe('CLIENTS:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT');
  });

  it('yield to those that were asked for', () => {
    const settings = { 'min.insync.replicas': 3, 'message.max.bytes': 1_000 };
    expect(brokerSettings({ ...usual, plan: triple, settings })).toMatchObject(settings);
  });

  it('are written as Java reads them', () => {
    expect(asProperties({ a: 1, b: 'C:\\x\ny', c: true })).toBe('a=1\nb=C:\\\\x\\ny\nc=true\n');
  });
});
