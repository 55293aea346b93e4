import { layerNames } from '@sevenfold/event'
import type { ProofAttack } from '@sevenfold/event'
import type { BenignRun } from '../matrix/make-document.ts'
import type { Proof } from '../matrix/run-proof.ts'
import type { Baseline } from './read-baseline.ts'

/** An attack whose depth is not what it was. */
export interface DepthChange {
  readonly attack: string
  readonly before: number
  readonly after: number
  /** Layers that met it alone before and do not any more, or the other way round when the depth rose. */
  readonly layers: readonly string[]
}

/** A proof beside an earlier one. */
export interface Comparison {
  readonly baselineSeed: string
  /** Attacks that work in both. */
  readonly compared: number
  readonly fallen: readonly DepthChange[]
  readonly risen: readonly DepthChange[]
  /** Attacks of this proof that the baseline does not have. */
  readonly added: readonly string[]
  /** Innocent visits that are blocked now, when there are more of them than there were. */
  readonly broken: readonly BenignRun[]
}

type Known = Pick<ProofAttack, 'depth' | 'cells'>

function meetsAlone({ cells }: Known): ReadonlySet<string> {
  const alone = layerNames.filter((name) => cells.alone?.[name]?.layers?.includes(name) === true)
  return new Set<string>(cells.all?.layers?.includes('backbone') === true ? [...alone, 'backbone'] : alone)
}

function changeOf(attack: string, before: Known, after: Known): DepthChange {
  const [old, now] = [meetsAlone(before), meetsAlone(after)]
  const layers =
    after.depth < before.depth
      ? [...old].filter((name) => !now.has(name))
      : [...now].filter((name) => !old.has(name))
  return { attack, before: before.depth, after: after.depth, layers }
}

/**
 * Compares the depth of every attack that works in both proofs, and counts innocent visits. Attacks that this proof
 * left out (`--only`, `--quick`) say nothing.
 */
export function compareProofs(baseline: Baseline, proof: Proof): Comparison {
  const known = new Map(baseline.attacks.map((attack) => [attack.id, attack]))
  const changes: DepthChange[] = []
  let compared = 0
  for (const attack of proof.document.attacks) {
    const before = known.get(attack.id)
    if (before?.valid !== true || !attack.valid) continue
    compared += 1
    if (before.depth !== attack.depth) changes.push(changeOf(attack.id, before, attack))
  }
  const blocked = proof.benign.filter((run) => run.blocked)
  return {
    baselineSeed: baseline.seed,
    compared,
    fallen: changes.filter(({ before, after }) => after < before),
    risen: changes.filter(({ before, after }) => after > before),
    added: proof.document.attacks.map(({ id }) => id).filter((id) => !known.has(id)),
    broken: blocked.length > baseline.benign.blocked ? blocked : [],
  }
}

/** True when the defence is worse than it was. */
export function isWorse(comparison: Comparison): boolean {
  return comparison.fallen.length > 0 || comparison.broken.length > 0
}
