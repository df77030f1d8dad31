import { createHmac } from 'node:crypto';
import type { InstanceAddress, MemberSecret } from '@ledgerline/es-core/adapter';
import { MemberAssignment, MemberMetadata } from '../wire/kafkajs-internals.js';
import { assignmentIn, assignmentsFor, claimOf, type JoinedMember } from './member-data.js';

const secretOf = (key: string): MemberSecret => {
  const proofOf = (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
  return { proofOf, isProof: (proof, ...parts) => proof === proofOf(...parts) };
};
const OURS = secretOf('ours');
const TOPICS = [{ topic: 'parcels', partitions: 4 }];
const GENERATION = 3;

const member = (
  memberId: string,
  secret: MemberSecret | undefined = OURS,
  address: InstanceAddress = { url: `http://${memberId}:3001`, token: `token-of-${memberId}` },
  owned: Readonly<Record<string, number[]>> = {},
): JoinedMember => ({ memberId, memberMetadata: claimOf({ memberId, secret }, TOPICS, { address, owned }) });
const saying = (memberId: string, userData: string): JoinedMember => ({
  memberId,
  memberMetadata: MemberMetadata.encode({ version: 0, topics: ['parcels'], userData: Buffer.from(userData) }),
});

const assigned = (members: readonly JoinedMember[], secret: MemberSecret | undefined = OURS) => {
  const { assignments, strangers } = assignmentsFor(members, TOPICS, { generation: GENERATION, secret });
  const shares = assignments.map(({ memberId, memberAssignment }) =>
    assignmentIn(memberAssignment, { memberId, secret, generation: GENERATION }),
  );
  return { strangers, shares, held: shares.map((one) => one?.held['parcels']?.length ?? 0) };
};

describe('members that have a secret', () => {
  it('are given their shares, and the whole map', () => {
    const { strangers, held, shares } = assigned([member('a'), member('b')]);
    expect([strangers, held]).toEqual([[], [2, 2]]);
    const urls = shares[0]?.holders['parcels']?.map((holder) => holder?.url);
    expect(urls).toEqual(shares[1]?.holders['parcels']?.map((holder) => holder?.url));
    expect(new Set(urls)).toEqual(new Set(['http://a:3001', 'http://b:3001']));
  });

  const copied = { memberId: 'copy', memberMetadata: member('a').memberMetadata };
  it.each<[string, JoinedMember]>([
    ['who knows another secret', member('x', secretOf('another'))],
    [
      'without a proof',
      {
        memberId: 'x',
        memberMetadata: claimOf({ memberId: 'x', secret: undefined }, TOPICS, {
          address: { url: 'http://x', token: 't' },
          owned: {},
        }),
      },
    ],
    ['that says what another one says', copied],
    ['whose data are no bytes of Kafka', { memberId: 'x', memberMetadata: Buffer.from('junk') }],
    ['whose data are none', { memberId: 'x', memberMetadata: Buffer.alloc(0) }],
    ['whose data are no JSON', saying('x', '{"address":')],
    ['whose data are null', saying('x', 'null')],
    ['whose address is none', saying('x', '{"address":7,"owned":{},"proof":"p"}')],
    ['that owns what is no partition', member('x', OURS, { url: 'http://x', token: 't' }, { parcels: ['0'] as never })],
    ['that cannot be reached', member('x', OURS, { token: 't' })],
    ['with credentials in its address', member('x', OURS, { url: 'http://u:p@x', token: 't' })],
    ['at a file', member('x', OURS, { url: 'file:///etc/passwd', token: 't' })],
    ['with a question in its address', member('x', OURS, { url: 'http://x/?a', token: 't' })],
    ['with a long address', member('x', OURS, { url: `http://${'x'.repeat(3_000)}`, token: 't' })],
    ['with a token that is none', member('x', OURS, { url: 'http://x', token: 'a b' })],
  ])('give nothing to one %s, and name it', (_, stranger) => {
    const { strangers, held, shares } = assigned([member('a'), stranger]);
    expect([strangers, held]).toEqual([[stranger.memberId], [4, 0]]);
    expect(shares[0]?.holders['parcels']?.map((holder) => holder?.token)).toEqual(Array(4).fill('token-of-a'));
  });

  it('believe no assignment that is not proved, or is of another member or generation, or of no shape', () => {
    const [{ memberAssignment } = { memberAssignment: Buffer.alloc(0) }] = assignmentsFor([member('a')], TOPICS, {
      ...{ generation: GENERATION, secret: OURS },
    }).assignments;
    const asA = { memberId: 'a', secret: OURS, generation: GENERATION };
    expect(assignmentIn(memberAssignment, asA)?.held).toEqual({ parcels: [0, 1, 2, 3] });
    for (const other of [{ memberId: 'b' }, { generation: GENERATION + 1 }, { secret: secretOf('another') }])
      expect(assignmentIn(memberAssignment, { ...asA, ...other })).toBeUndefined();
    const forged = (userData: string): Buffer =>
      MemberAssignment.encode({ version: 0, assignment: { parcels: [0] }, userData: Buffer.from(userData) });
    const text = MemberAssignment.decode(memberAssignment)?.userData.toString() ?? '';
    for (const bytes of [
      forged(text.replace('[0,1,2,3]', '[0,1,2]')),
      forged('{}'),
      forged('junk'),
      forged('null'),
      Buffer.alloc(0),
      Buffer.from('x'),
    ])
      expect(assignmentIn(bytes, asA)).toBeUndefined();
  });
});

describe('members without a secret', () => {
  const without = (memberId: string, owned: Readonly<Record<string, number[]>> = {}): JoinedMember => ({
    memberId,
    memberMetadata: claimOf({ memberId, secret: undefined }, TOPICS, { address: { token: memberId }, owned }),
  });
  const assignedTo = (...members: readonly JoinedMember[]) => {
    const { assignments, strangers } = assignmentsFor(members, TOPICS, { generation: GENERATION, secret: undefined });
    const shares = assignments.map(({ memberId, memberAssignment }) =>
      assignmentIn(memberAssignment, { memberId, secret: undefined, generation: GENERATION }),
    );
    return { strangers, shares, held: shares.map((one) => one?.held['parcels']?.length ?? 0) };
  };

  it('leave everything to the one that has it, and all know who that is', () => {
    const { held, shares } = assignedTo(without('a'), without('b', { parcels: [0, 1, 2, 3] }), without('c'));
    expect(held).toEqual([0, 4, 0]);
    expect(shares.map((one) => one?.holders['parcels'])).toEqual(Array(3).fill(Array(4).fill({ token: 'b' })));
    expect(assignedTo(without('b'), without('a')).held).toEqual([0, 4]);
  });

  it('go on beside junk, and beside members that have one', () => {
    const { held, strangers } = assignedTo(saying('junk', '['), member('a'), without('b'));
    expect([held, strangers]).toEqual([
      [0, 0, 4],
      ['junk', 'a'],
    ]);
  });

  it('read what a leader of before said', () => {
    const address = { url: 'http://a', token: 'a' };
    const userData = Buffer.from(JSON.stringify({ addresses: [address], holders: { parcels: [0, 0] } }));
    const bytes = MemberAssignment.encode({ version: 0, assignment: { parcels: [0, 1] }, userData });
    expect(assignmentIn(bytes, { memberId: 'b', secret: undefined, generation: 1 })).toEqual({
      ...{ held: { parcels: [0, 1] }, holders: { parcels: [address, address] } },
    });
  });
});
