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

/** A measured value: the median of the repeats, and the lowest and highest of them. */
export interface ProofFigure {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** One kind of visitors on one set of layers. */
export interface ProofLoad {
  /** Requests of all repeats. */
  readonly requests: number
  /** Requests that got no answer, or one of status 500 and more. */
  readonly failed: number
  readonly requestsPerSecond: ProofFigure
  /** Milliseconds. */
  readonly latency: { readonly p50: ProofFigure; readonly p95: ProofFigure; readonly p99: ProofFigure }
  /** CPU milliseconds of every process in the path and behind it, per request; absent where the system does not tell. */
  readonly cpuMsPerRequest?: ProofFigure
  /** The same by process: medians. */
  readonly cpuMsByProcess?: Readonly<Record<string, number>>
  /** Resident memory after the last repeat, in MiB, by process. */
  readonly memoryMiB?: Readonly<Record<string, number>>
}

/** What the layers cost, measured in four steps, their repeats interleaved. */
export interface ProofCost {
  readonly repeats?: number
  /** Step 1: innocent visitors, no layer. */
  readonly bare?: ProofLoad
  /** Step 2: innocent visitors, by configuration: each layer alone, and all. */
  readonly layers?: Readonly<Record<string, ProofLoad>>
  /** Step 3: attackers alone on all layers. */
  readonly attackers?: ProofLoad
  /** Step 4: innocent visitors and attackers together on all layers; the figures are those of the innocent. */
  readonly together?: ProofLoad
  /** CPU per request against the bare application, by configuration. */
  readonly cpuPerRequest?: Readonly<Record<string, number>>
}

/** One process killed or stalled while innocent visitors come at a steady rate. */
export interface ProofDisturbance {
  /** `none` for the undisturbed run, `app` for the application itself, otherwise a part. */
  readonly part: string
  readonly kind: 'none' | 'killed' | 'stalled'
  readonly requests: number
  readonly served: number
  /** Longest time without a served request, in milliseconds. */
  readonly longestGapMs: number
}

/** An attack against which fewer than two layers stand. */
export interface ProofSinglePoint {
  readonly attack: string
  /** The only layer that stands, or null. */
  readonly layer: ProofColumn | null
  /** The layer that adds to the depth of its class next. */
  readonly closer?: LayerName
}

/** Something that two or more layers of the proof's own bed lean on (`sevenfold depends`). */
export interface ProofShared {
  /** `user`, `host`, `volume` … */
  readonly kind: string
  readonly name: string
  readonly layers: readonly string[]
  /** True when its failure stops what the layers defend: depth that rests on it is depth of one. */
  readonly takesDown: boolean
}

/** The document of `sevenfold prove --json`. */
export interface ProofDocument {
  readonly v: 1
  readonly seed: string
  readonly attacks: readonly ProofAttack[]
  readonly benign: { readonly runs: number; readonly blocked: number }
  readonly cost: ProofCost
  /** Absent when it was not measured. */
  readonly availability?: readonly ProofDisturbance[]
  /** What layers share; absent when nobody looked. */
  readonly shared?: readonly ProofShared[]
  /** Attacks on the watchers ran in a house whose intervals were divided by this. */
  readonly drillScale?: number
  /** Ids of attacks that exactly one layer stops or detects, with that layer. */
  readonly singlePoints: readonly ProofSinglePoint[]
}
