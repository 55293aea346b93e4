import { attackClasses } from '../attack/attack.ts'
import type { AttackClass } from '../attack/attack.ts'
import { closers } from '../attack/closers.ts'
import { judgesAlone } from '../matrix/make-document.ts'
import type { AttackRow } from '../matrix/make-document.ts'
import type { Proof } from '../matrix/run-proof.ts'

/** A class of attack in one line. */
export interface ClassSummary {
  readonly class: AttackClass
  readonly attacks: number
  /** Per layer: how many attacks of the class it stops, and how many it detects, alone. */
  readonly layers: ReadonlyMap<string, { readonly stopped: number; readonly detected: number }>
  readonly lowestDepth: number
  readonly highestDepth: number
}

function countOutcome(
  rows: readonly AttackRow[],
  configuration: string,
  outcome: 'stopped' | 'detected',
): number {
  return rows.filter((row) => row.cells.get(configuration)?.outcome === outcome).length
}

/** Valid attacks by class, in the order of the catalogue; classes without attacks are left out. */
export function summariseClasses(proof: Proof): readonly ClassSummary[] {
  return attackClasses.flatMap((name) => {
    const rows = proof.rows.filter((row) => row.valid && row.attack.class === name)
    if (rows.length === 0) return []
    const depths = rows.map((row) => judgesAlone(row, proof.plan).length)
    const layers = [...proof.plan.alone, ['all', proof.plan.all] as const].map(
      ([layer, { name: configuration }]) => {
        const stopped = countOutcome(rows, configuration, 'stopped')
        return [layer, { stopped, detected: countOutcome(rows, configuration, 'detected') }] as const
      },
    )
    const range = { lowestDepth: Math.min(...depths), highestDepth: Math.max(...depths) }
    return [
      {
        class: name,
        attacks: rows.length,
        layers: new Map<string, { readonly stopped: number; readonly detected: number }>(layers),
        ...range,
      },
    ]
  })
}

/** Attacks that rest on one layer or none, by the name of that layer; `nobody` for none. */
export function singlePointsByLayer(proof: Proof): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { attack, layer } of proof.document.singlePoints) {
    const name = layer ?? 'nobody'
    found.set(name, [...(found.get(name) ?? []), attack])
  }
  return found
}

/** What a layer adds to a class whose attacks rest on one layer or none. */
export interface NextLayer {
  readonly layer: string
  readonly class: AttackClass
  readonly by: string
  readonly attacks: readonly string[]
}

/** The layers that close single points of failure next, a class a line, in the order of the catalogue. */
export function nextLayers(proof: Proof): readonly NextLayer[] {
  const open = new Set(proof.document.singlePoints.map(({ attack }) => attack))
  return attackClasses.flatMap((name) => {
    const attacks = proof.rows
      .filter(({ attack }) => attack.class === name && open.has(attack.id))
      .map(({ attack }) => attack.id)
    return attacks.length === 0 ? [] : [{ ...closers[name], class: name, attacks }]
  })
}
