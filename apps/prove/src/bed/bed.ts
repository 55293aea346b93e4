import type { LayerName } from '@sevenfold/event'
import type { AppState, Loot } from '../attack/attack.ts'
import type { Configuration } from '../matrix/configuration.ts'
import type { JudgingEvent } from '../matrix/judging-event.ts'
import type { Sink } from '../sink/sink-server.ts'
import type { Target } from '../visitor/visitor.ts'
import type { BedProcess } from './start-process.ts'

/** The application that stands behind a configuration, seen from behind. */
export interface Application {
  /** Folder of its files. */
  readonly folder: string
  /** Restores it; the seed decides its secrets. */
  reset(seed: string): Promise<Loot>
  state(): Promise<AppState>
  /** Cookie value of a session of that user. */
  victimSession(user: string): Promise<string>
}

/** A place to attack: the application, the layers before it, and what they write. */
export interface Bed {
  /** Data folder of its layers; undefined when there are none. */
  readonly dataDir: string | undefined
  /** Layers that stand here, in the order of the design. */
  readonly layers: readonly LayerName[]
  readonly sink: Sink
  /** Longest wait for a late detection, in milliseconds, shared by all cells of a proof. */
  readonly missWindowMs: number
  target(configuration: Configuration): Target
  /** The application's own port, past every layer before it. */
  origin(configuration: Configuration): Target
  /** Behind configurations with the runtime layer stands an application of its own, with the agent inside. */
  application(configuration: Configuration): Application
  /** Processes in the path of a configuration and behind it, the application first. */
  processes(configuration: Configuration): readonly BedProcess[]
  /** All judging events so far. */
  judgements(): Promise<readonly JudgingEvent[]>
  close(): Promise<void>
}
