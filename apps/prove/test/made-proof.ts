import type { LayerName } from '@sevenfold/event'
import type { AttackClass } from '../src/attack/attack.ts'
import { planConfigurations } from '../src/matrix/configuration.ts'
import type { JudgedCell } from '../src/matrix/judge.ts'
import { makeDocument } from '../src/matrix/make-document.ts'
import type { AttackRow, BenignRun } from '../src/matrix/make-document.ts'
import type { Proof } from '../src/matrix/run-proof.ts'

function cell(outcome: JudgedCell['outcome'], ...layers: LayerName[]): JudgedCell {
  return { outcome, layers, unexplained: false, reasons: [] }
}

type Cells = readonly [edge: JudgedCell, detection: JudgedCell, all: JudgedCell]

function row(name: AttackClass, id: string, cells: Cells | undefined): AttackRow {
  const attack = { id, class: name, title: 'T', cwe: 89, capec: 66, technique: 'T1190', preconditions: [] }
  const none = { ...cell('missed'), unexplained: cells === undefined }
  const [edge, detection, all] = cells ?? []
  const entries = Object.entries({ none, edge, detection, 'edge+detection': all })
  const known = entries.filter((entry): entry is [string, JudgedCell] => entry[1] !== undefined)
  return { attack, cells: new Map(known), valid: cells !== undefined }
}

/** A small proof made by hand, with one row of every kind. */
export function madeProof(
  change: { readonly benign?: readonly BenignRun[]; readonly withInvalid?: boolean } = {},
): Proof {
  const plan = planConfigurations(['edge', 'detection'])
  const seen = { ...cell('detected', 'detection'), secondsToDetection: 2 }
  const stopped = cell('stopped', 'edge')
  const rows = [
    row('sql-injection', 'sql-union-search', [stopped, seen, cell('stopped', 'edge', 'detection')]),
    row('sql-injection', 'sql-cookie-base64', [cell('missed'), cell('missed'), cell('missed')]),
    row('xss', 'xss-search-script', [stopped, cell('missed'), stopped]),
    row('header-spoofing', 'spoofed-address', [
      { ...cell('missed'), unexplained: true },
      cell('missed'),
      { ...cell('missed'), unexplained: true },
    ]),
    ...(change.withInvalid === true ? [row('redos', 'redos-coupon', undefined)] : []),
  ]
  const benign = change.benign ?? [{ name: 'browse', blocked: false }]
  const problems = change.withInvalid === true ? ['redos-coupon does not work with no layer'] : []
  return { plan, rows, benign, problems, document: makeDocument('seed', plan, { rows, benign }) }
}
