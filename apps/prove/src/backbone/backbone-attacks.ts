import type { AttackFacts } from '../attack/attack.ts'

/** An attack on the watchers themselves. It is not tried on the shop's bed: it runs last, on a house of its own. */
export interface BackboneAttack extends AttackFacts {
  readonly class: 'backbone'
  /** Name of the drill that does it. */
  readonly drill: string
}

const common = { class: 'backbone', preconditions: ['a foothold on the host'], slow: true } as const
/** Impair defences: disable or modify tools. */
const impair = { cwe: 693, capec: 578, technique: 'T1562.001' } as const
/** Impair defences: indicator blocking. */
const block = { cwe: 778, capec: 571, technique: 'T1562.006' } as const
/** Indicator removal. */
const remove = { cwe: 117, capec: 93, technique: 'T1070' } as const

/** Attacks on layers as processes, and on what they write; each is a row here and a drill. */
export const backboneAttacks: readonly BackboneAttack[] = [
  { id: 'kill-edge', title: 'Kills the edge', drill: 'edge killed', ...impair, ...common },
  { id: 'kill-runtime', title: "Kills the agent's forwarder", drill: 'runtime killed', ...impair, ...common },
  { id: 'kill-detection', title: 'Kills detection', drill: 'detection killed', ...impair, ...common },
  {
    id: 'freeze-detection',
    title: 'Freezes detection: it lives and judges nothing',
    drill: 'detection frozen',
    ...impair,
    ...common,
  },
  {
    id: 'freeze-ledger',
    title: 'Freezes the ledger: nobody can write any more',
    drill: 'ledger frozen',
    ...impair,
    ...common,
  },
  {
    id: 'mute-edge-log',
    title: 'Takes from the edge the right to write its log',
    drill: 'log of edge muted',
    ...block,
    ...common,
  },
  {
    id: 'mute-detection-log',
    title: 'Takes it from detection',
    drill: 'log of detection muted',
    ...block,
    ...common,
  },
  {
    id: 'silence-in-turn',
    title: 'Silences one layer after another',
    drill: 'parts silenced one after another',
    ...block,
    ...common,
  },
  {
    id: 'roll-back-ledger',
    title: 'Puts back an old copy of the ledger',
    drill: 'ledger rolled back',
    ...remove,
    ...common,
  },
  {
    id: 'delete-log',
    title: 'Deletes what the ledger holds so far',
    drill: 'log deleted',
    ...remove,
    ...common,
  },
]

/** What came of one drill. */
export interface DrillOutcome {
  readonly name: string
  /** An incident with a runbook in the stated time. */
  readonly ok: boolean
  /** Seconds until then. */
  readonly seconds: number
  /** Rule that told it. */
  readonly rule?: string
}

/** Runs drills by name, with the intervals of the house divided by `scale`. Rejects when no house can be set up. */
export type RunDrills = (
  names: readonly string[],
  options: {
    readonly scale: number
    readonly onStep: (doing: string) => void
    readonly signal?: AbortSignal
  },
) => Promise<readonly DrillOutcome[]>
