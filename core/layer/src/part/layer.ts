import type { PartName } from '@sevenfold/event'
import type { ModeBaseline } from '../mode/modes.ts'
import type { PartContext, ReceiverTarget, SelfTestResult } from './part-context.ts'

/** A place where a running part serves people or programs. */
export interface Listening {
  /** For example `site shop`. */
  readonly name: string
  readonly url: string
}

/** A running layer. */
export interface RunningLayer<C> {
  /** Proves that the layer judges, not only that it runs. */
  selfTest(): Promise<SelfTestResult>
  /** Takes no new work, finishes the old, closes everything; at most 3 s. */
  stop(): Promise<void>
  /** Applies a new configuration, all or nothing: throwing leaves the running one untouched. */
  reload?(config: C): Promise<void>
  readonly listening?: readonly Listening[]
}

/** A layer, or a backbone part, as `runLayer` starts it in a process of its own. */
export interface Layer<C> {
  readonly name: PartName
  /** Checks a compiled configuration from disk. Throws to refuse it. */
  readonly parseConfig: (value: unknown) => C
  /** Configuration when neither a current nor a last good one can be used; without it the start fails. */
  readonly fallback?: () => C
  /** Configured modes; default: the layer enforces. */
  readonly modes?: (config: C) => ModeBaseline
  /** Receivers of its events; default: those of `defaultReceivers`. */
  readonly receivers?: (dataDir: string, config: C) => readonly ReceiverTarget[]
  /** Bytes on disk for the spool. */
  readonly spoolBytes?: (config: C) => number
  readonly start: (context: PartContext<C>) => Promise<RunningLayer<C>>
}

/** Declares a layer. */
export function defineLayer<C>(layer: Layer<C>): Layer<C> {
  return layer
}
