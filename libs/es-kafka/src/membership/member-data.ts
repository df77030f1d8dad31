import { MemberAssignment, MemberMetadata } from '../wire/kafkajs-internals.js';
import { assign, type GroupTopic, type Partitions } from './assignor.js';

/** Where an instance takes what others hand over to it, and the word by which it knows them. */
export interface InstanceAddress {
  readonly url: string;
  readonly token: string;
}

/** What one generation of the group was given. */
export interface Assignment {
  /** What this member holds. */
  readonly held: Partitions;
  /** Who holds what, this member included: by topic, in the order of the partitions. */
  readonly holders: Readonly<Record<string, readonly InstanceAddress[]>>;
}

export interface JoinedMember {
  readonly memberId: string;
  readonly memberMetadata: Buffer;
}

const VERSION = 0;

interface Claim {
  readonly address: InstanceAddress;
  readonly owned: Partitions;
}

interface WholeMap {
  readonly addresses: readonly InstanceAddress[];
  /** By topic, in the order of the partitions: places in `addresses`. */
  readonly holders: Readonly<Record<string, readonly number[]>>;
}

/** What a member says of itself when it joins. */
export const claimOf = (topics: readonly GroupTopic[], address: InstanceAddress, owned: Partitions): Buffer =>
  MemberMetadata.encode({
    version: VERSION,
    topics: topics.map(({ topic }) => topic),
    userData: asBytes({ address, owned } satisfies Claim),
  });

/** The leader's work: what each member is told, with the whole map in it, so that each knows where to turn to. */
export const assignmentsFor = (
  members: readonly JoinedMember[],
  topics: readonly GroupTopic[],
): { readonly memberId: string; readonly memberAssignment: Buffer }[] => {
  const claims = members.map(({ memberId, memberMetadata }) => ({
    memberId,
    ...fromBytes<Claim>(MemberMetadata.decode(memberMetadata).userData),
  }));
  const given = assign(claims, topics);
  const addresses = claims.map(({ address }) => address);
  const holders = Object.fromEntries(
    topics.map(({ topic, partitions }) => [
      topic,
      Array.from({ length: partitions }, (_, partition) =>
        claims.findIndex(({ memberId }) => given.get(memberId)?.[topic]?.includes(partition)),
      ),
    ]),
  );
  const userData = asBytes({ addresses, holders } satisfies WholeMap);
  return claims.map(({ memberId }) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({ version: VERSION, assignment: given.get(memberId) ?? {}, userData }),
  }));
};

export const assignmentIn = (bytes: Buffer): Assignment => {
  const decoded = MemberAssignment.decode(bytes);
  if (!decoded) throw new Error('the group leader gave no assignment');
  const { addresses, holders } = fromBytes<WholeMap>(decoded.userData);
  return {
    held: decoded.assignment,
    holders: Object.fromEntries(
      Object.entries(holders).map(([topic, places]) => [topic, places.flatMap((place) => addresses[place] ?? [])]),
    ),
  };
};

const asBytes = (data: object): Buffer => Buffer.from(JSON.stringify(data));

/** Written by this very code: the group's protocol has a name of its own, so nobody else's members are in it. */
const fromBytes = <T>(bytes: Buffer): T => JSON.parse(bytes.toString()) as T;
