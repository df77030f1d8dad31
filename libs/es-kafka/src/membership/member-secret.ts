/** By what members prove that they belong to the service: nobody can make a proof of these parts who does not know it. */
export interface MemberSecret {
  proofOf(...parts: readonly string[]): string;
  isProof(proof: string, ...parts: readonly string[]): boolean;
}
