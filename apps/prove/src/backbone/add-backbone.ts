import { makeDocument } from '../matrix/make-document.ts'
import type { Proof } from '../matrix/run-proof.ts'
import type { BackboneAttack, DrillOutcome } from './backbone-attacks.ts'
import { backboneRows } from './backbone-rows.ts'

/** What came of the drills. */
export interface Drilled {
  readonly attacks: readonly BackboneAttack[]
  readonly outcomes: readonly DrillOutcome[]
  /** By how much intervals were divided. */
  readonly scale: number
}

/** The proof with its last class: attacks on the watchers. */
export function addBackbone(proof: Proof, { attacks, outcomes, scale }: Drilled): Proof {
  if (attacks.length === 0) return proof
  const rows = [...proof.rows, ...backboneRows(attacks, outcomes, proof.plan)]
  const { attacks: entries, singlePoints } = makeDocument(proof.document.seed, proof.plan, {
    rows,
    benign: proof.benign,
  })
  const missing = attacks.filter(({ drill }) => !outcomes.some(({ name }) => name === drill))
  return {
    ...proof,
    rows,
    document: { ...proof.document, attacks: entries, singlePoints, drillScale: scale },
    problems: [...proof.problems, ...missing.map(({ id }) => `${id}: its drill was not run`)],
  }
}
