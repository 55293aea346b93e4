import type { ProofColumn, ProofShared } from '@sevenfold/event'
import { judgesAlone } from '../matrix/make-document.ts'
import type { AttackRow } from '../matrix/make-document.ts'
import type { Proof } from '../matrix/run-proof.ts'

/** The parts that stand behind a column. */
function partsOf(column: ProofColumn): readonly string[] {
  return column === 'backbone' ? ['ledger', 'alerts'] : [column]
}

/** What would take down every layer that stands against the attack at once; empty for a depth under two. */
export function sharedBelow(row: AttackRow, proof: Proof): readonly ProofShared[] {
  const judges = judgesAlone(row, proof.plan)
  if (judges.length < 2) return []
  const parts = judges.flatMap(partsOf)
  return (proof.document.shared ?? []).filter(
    ({ takesDown, layers }) => takesDown && parts.every((part) => layers.includes(part)),
  )
}

/** The depth of an attack, with a star when it rests on something that all its layers share. */
export function depthMark(row: AttackRow, proof: Proof): string {
  const depth = judgesAlone(row, proof.plan).length
  return `${depth}${sharedBelow(row, proof).length > 0 ? '*' : ''}`
}

/** What the star means here; undefined when there is none. Names of a user or a disk stay in the document. */
export function starText(proof: Proof): string | undefined {
  const below = new Set(proof.rows.flatMap((row) => sharedBelow(row, proof).map(({ kind }) => `one ${kind}`)))
  return below.size === 0
    ? undefined
    : `all layers of this depth share ${[...below].join(', ')}: whoever has that has them all (sevenfold depends)`
}
