import { isWorse } from '../baseline/compare-proofs.ts'
import type { Comparison } from '../baseline/compare-proofs.ts'
import type { Proof } from '../matrix/run-proof.ts'

/**
 * 0 when the proof is sound and nothing innocent was blocked; 1 otherwise, below `minDepth`, and when it is worse
 * than its baseline.
 */
export function exitCodeOf(proof: Proof, minDepth: number, comparison?: Comparison): 0 | 1 {
  const isShallow = proof.document.attacks.some((attack) => attack.depth < minDepth)
  const isUnsound = proof.problems.length > 0 || proof.document.benign.blocked > 0
  return isUnsound || isShallow || (comparison !== undefined && isWorse(comparison)) ? 1 : 0
}
