import type { InstanceAddress, MemberSecret } from '@ledgerline/es-core/adapter';
import { MemberAssignment, MemberMetadata } from '../wire/kafkajs-internals.js';
import { assign, type Claimant, type GroupTopic, type Partitions } from './assignor.js';
import { isAddress, isReachable } from './instance-address.js';

/** What one generation of the group was given. */
export interface Assignment {
  /** What this member holds. */
  readonly held: Partitions;
  /** Who holds what, this member included: by topic, in the order of the partitions. */
  readonly holders: Readonly<Record<string, readonly (InstanceAddress | undefined)[]>>;
}

export interface JoinedMember {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

const VERSION = 0;

/** What a member says of itself. The proof is about its name in the group too: who copies all of it has another one. */
interface Claim {
  readonly address: InstanceAddress;
  readonly owned: Partitions;
  readonly proof?: string;
}

/** What the leader tells one member in one generation, with the whole map in it, so that each knows where to turn to. */
interface MemberShare {
  readonly memberId: string;
  readonly generation: number;
  readonly held: Partitions;
  readonly addresses: readonly InstanceAddress[];
  /** By topic, in the order of the partitions: places in `addresses`, -1 for nobody. */
  readonly holders: Readonly<Record<string, readonly number[]>>;
}

export interface Member {
  readonly memberId: string;
  readonly secret: MemberSecret | undefined;
}

export const claimOf = (
  { memberId, secret }: Member,
  topics: readonly GroupTopic[],
  { address, owned }: Omit<Claim, 'proof'>,
): Buffer => {
  const proof = secret?.proofOf(...aboutMember(memberId, address));
  return MemberMetadata.encode({
    ...{ version: VERSION, topics: topics.map(({ topic }) => topic) },
    userData: asBytes({ address, owned, ...(proof !== undefined && { proof }) } satisfies Claim),
  });
};

export interface Assignments {
  readonly assignments: readonly { readonly memberId: string; readonly memberAssignment: Buffer }[];
  /** Members that did not prove themselves, or said what cannot be read. They are given nothing. */
  readonly strangers: readonly string[];
}

/** The leader's work. Without a secret nobody can be told from a stranger: one member is given everything. */
export const assignmentsFor = (
  members: readonly JoinedMember[],
  topics: readonly GroupTopic[],
  { generation, secret }: { readonly generation: number; readonly secret: MemberSecret | undefined },
): Assignments => {
  const claims = members.flatMap((member) => claimIn(member, secret) ?? []);
  const given = assign(secret ? claims : claims.toSorted(byMostOwned).slice(0, 1), topics);
  const addresses = claims.map(({ address }) => address);
  const holders = Object.fromEntries(
    topics.map(({ topic, partitions }) => [
      topic,
      Array.from({ length: partitions }, (_, partition) =>
        claims.findIndex(({ memberId }) => given.get(memberId)?.[topic]?.includes(partition)),
      ),
    ]),
  );
  const known = new Set(claims.map(({ memberId }) => memberId));
  return {
    strangers: members.flatMap(({ memberId }) => (known.has(memberId) ? [] : [memberId])),
    assignments: members.map(({ memberId }) => {
      const held = given.get(memberId) ?? {};
      const share: MemberShare = { memberId, generation, held, addresses, holders };
      const proof = secret?.proofOf('assignment', JSON.stringify(share));
      const userData = asBytes({ ...share, ...(proof !== undefined && { proof }) });
      return { memberId, memberAssignment: MemberAssignment.encode({ version: VERSION, assignment: held, userData }) };
    }),
  };
};

/** What the member was given in this generation; undefined where it cannot be read, or is not of a leader that proves itself. */
export const assignmentIn = (
  bytes: Buffer,
  { memberId, secret, generation }: Member & { readonly generation: number },
): Assignment | undefined => {
  try {
    const { assignment = {}, userData = Buffer.alloc(0) } = MemberAssignment.decode(bytes) ?? {};
    const { proof, ...share } = JSON.parse(userData.toString()) as Partial<MemberShare> & { readonly proof?: unknown };
    if (secret) {
      const isProved = typeof proof === 'string' && secret.isProof(proof, 'assignment', JSON.stringify(share));
      if (!isProved || share.memberId !== memberId || share.generation !== generation) return undefined;
    }
    // Leaders of before 2026-12 say what is held in Kafka's own field only.
    const { held = assignment, addresses = [], holders = {} } = share;
    return {
      held,
      holders: addressesBy(
        holders,
        addresses.map((address) => (isAddress(address) ? address : undefined)),
      ),
    };
  } catch {
    return undefined;
  }
};

const addressesBy = (
  holders: MemberShare['holders'],
  addresses: readonly (InstanceAddress | undefined)[],
): Assignment['holders'] =>
  Object.fromEntries(
    Object.entries(holders).map(([topic, places]) => [topic, places.map((place) => addresses[place])]),
  );

/** Undefined for a stranger. */
const claimIn = (
  { memberId, memberMetadata }: JoinedMember,
  secret: MemberSecret | undefined,
): (Claimant & Claim) | undefined => {
  try {
    const { address, owned, proof } = JSON.parse(MemberMetadata.decode(memberMetadata).userData.toString()) as Claim;
    if (!isAddress(address) || !arePartitions(owned)) return undefined;
    const isKnown = secret
      ? isReachable(address) && proof !== undefined && secret.isProof(proof, ...aboutMember(memberId, address))
      : proof === undefined;
    return isKnown ? { memberId, address, owned } : undefined;
  } catch {
    return undefined; // Whatever it is, it was not written by this code.
  }
};

const aboutMember = (memberId: string, { url = '', token }: InstanceAddress) => ['member', memberId, url, token];

const arePartitions = (owned: unknown): owned is Partitions =>
  typeof owned === 'object' &&
  owned !== null &&
  Object.values(owned).every((list) => Array.isArray(list) && list.every(Number.isInteger));

/** Whoever has most keeps all; in doubt the first by name. */
const byMostOwned = (a: Claimant, b: Claimant): number => countOf(b) - countOf(a) || (a.memberId < b.memberId ? -1 : 1);

const countOf = ({ owned }: Claimant): number => Object.values(owned).flat().length;

const asBytes = (data: object): Buffer => Buffer.from(JSON.stringify(data));
