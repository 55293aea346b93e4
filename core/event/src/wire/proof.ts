import type { LayerName } from '../layer-name.ts'

/** A column of the matrix: a layer, or the backbone, which detects but never stops. */
export type ProofColumn = LayerName | 'backbone'

/** What happened to one attack in one configuration. */
export interface ProofCell {
  readonly outcome: 'stopped' | 'detected' | 'missed'
  /** Who stopped or detected it, judged by events that carry this cell's trace or source address. */
  readonly layers: readonly ProofColumn[]
  readonly secondsToDetection?: number
}

/** One attack in all configurations. */
export interface ProofAttack {
  readonly id: string
  readonly class: string
  /** MITRE ATT&CK technique. */
  readonly technique: string
  /** False when the attack does not work with no layer at all: an error of the test, never a success of the defence. */
  readonly valid: boolean
  readonly cells: {
    readonly none?: ProofCell
    readonly alone?: Readonly<Partial<Record<ProofColumn, ProofCell>>>
    readonly without?: Readonly<Partial<Record<ProofColumn, ProofCell>>>
    readonly all: ProofCell
  }
  /** Number of layers that stop or detect it alone. */
  readonly depth: number
}

/** Costs measured in the same run; ratios to the bare application. */
export interface ProofCost {
  readonly cpuPerRequest?: Readonly<Record<string, number>>
  readonly latencyP50?: Readonly<Record<string, number>>
  readonly latencyP99?: Readonly<Record<string, number>>
}

/** The document of `sevenfold prove --json`. */
export interface ProofDocument {
  readonly v: 1
  readonly seed: string
  readonly attacks: readonly ProofAttack[]
  readonly benign: { readonly runs: number; readonly blocked: number }
  readonly cost: ProofCost
  /** Ids of attacks that exactly one layer stops or detects, with that layer. */
  readonly singlePoints: readonly { readonly attack: string; readonly layer: ProofColumn | null }[]
}
