import type { Proof } from '../matrix/run-proof.ts'

/** 0 when the proof is sound and nothing innocent was blocked; 1 otherwise, and below `minDepth`. */
export function exitCodeOf(proof: Proof, minDepth: number): 0 | 1 {
  const isShallow = proof.document.attacks.some((attack) => attack.depth < minDepth)
  return proof.problems.length > 0 || proof.document.benign.blocked > 0 || isShallow ? 1 : 0
}
