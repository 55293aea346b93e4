import type { ProofAttack, ProofCell, ProofColumn, ProofDocument } from '@sevenfold/event'
import type { AttackFacts } from '../attack/attack.ts'
import { closers } from '../attack/closers.ts'
import type { Plan } from './configuration.ts'
import type { JudgedCell } from './judge.ts'

/** The cells of one attack by the name of the configuration. */
export interface AttackRow {
  readonly attack: AttackFacts
  readonly cells: ReadonlyMap<string, JudgedCell>
  /** Whether the attack worked with no layer at all. */
  readonly valid: boolean
}

/** A benign visit. */
export interface BenignRun {
  readonly name: string
  /** Refused by a layer, or not served as with no layer at all. */
  readonly blocked: boolean
  readonly reason?: string
}

function plain(cell: JudgedCell): ProofCell {
  const { outcome, layers, secondsToDetection } = cell
  return { outcome, layers, ...(secondsToDetection === undefined ? {} : { secondsToDetection }) }
}

const notRun: JudgedCell = { outcome: 'missed', layers: [], unexplained: false, reasons: [] }

function cellsByLayer(
  row: AttackRow,
  configurations: Plan['alone'],
): Partial<Record<ProofColumn, ProofCell>> {
  const entries = [...configurations].map(
    ([layer, { name }]) => [layer, plain(row.cells.get(name) ?? notRun)] as const,
  )
  return Object.fromEntries(entries)
}

/** Columns that stop or detect the attack alone; the backbone once, when it detects whatever stands before it. */
export function judgesAlone(row: AttackRow, plan: Plan): readonly ProofColumn[] {
  if (!row.valid) return []
  const layers = plan.layers.filter((layer) => {
    const cell = row.cells.get(plan.alone.get(layer)?.name ?? '')
    return cell !== undefined && cell.layers.includes(layer)
  })
  const isSeen = row.cells.get(plan.all.name)?.layers.includes('backbone') === true
  return isSeen ? [...layers, 'backbone'] : layers
}

function attackEntry(row: AttackRow, plan: Plan): ProofAttack {
  const { id, class: name, technique } = row.attack
  const cells = {
    none: plain(row.cells.get(plan.none.name) ?? notRun),
    alone: cellsByLayer(row, plan.alone),
    without: cellsByLayer(row, plan.without),
    all: plain(row.cells.get(plan.all.name) ?? notRun),
  }
  return { id, class: name, technique, valid: row.valid, cells, depth: judgesAlone(row, plan).length }
}

/** What a proof found, as one document. */
export function makeDocument(
  seed: string,
  plan: Plan,
  found: { readonly rows: readonly AttackRow[]; readonly benign: readonly BenignRun[] },
): ProofDocument {
  const singlePoints = found.rows.flatMap((row) => {
    const judges = judgesAlone(row, plan)
    if (!row.valid || judges.length >= 2) return []
    const closer = closers[row.attack.class].layer
    return [{ attack: row.attack.id, layer: judges[0] ?? null, closer }]
  })
  return {
    v: 1,
    seed,
    attacks: found.rows.map((row) => attackEntry(row, plan)),
    benign: { runs: found.benign.length, blocked: found.benign.filter((run) => run.blocked).length },
    cost: {},
    singlePoints,
  }
}
