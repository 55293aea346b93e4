import type { EdgeConfig } from '@sevenfold/config'
import type { Listening, ModeBaseline } from '@sevenfold/layer'
import type { BanEntry } from '../ban/ban-table.ts'
import type { SiteExclusion } from '../fixes/site-exclusion.ts'
import type { SocketAnswer, SocketQuestion } from '../sockets/socket-message.ts'
import type { GuardQuestion, GuardTold, RateUpdate } from '../rate/rate-message.ts'

/** A part of the table of decisions. Parts of one version follow each other; the last one makes it complete. */
export interface BanUpdate {
  readonly type: 'bans'
  readonly version: number
  /** True: forget everything first. */
  readonly reset: boolean
  readonly set: readonly BanEntry[]
  /** Values without a decision. */
  readonly unset: readonly string[]
  readonly last: boolean
}

/** Primary → worker. */
export type PrimaryMessage =
  | {
      readonly type: 'start'
      readonly slot: string
      readonly rootDir: string
      readonly config: EdgeConfig
      readonly configDigest: string
      readonly modes: ModeBaseline
    }
  | BanUpdate
  | RateUpdate
  | GuardTold
  | SocketAnswer
  | { readonly type: 'modes'; readonly modes: ModeBaseline }
  | { readonly type: 'selftest'; readonly id: number }
  /** All exclusions in force; answered with `tested`. */
  | { readonly type: 'exclusions'; readonly id: number; readonly list: readonly SiteExclusion[] }
  /** Tokens that a certificate authority asks for; answered with `tested`. */
  | { readonly type: 'acme'; readonly id: number; readonly tokens: Readonly<Record<string, string>> }
  /** What session tickets are made with from now on. */
  | { readonly type: 'tickets'; readonly seed: Uint8Array }
  /** `patient`: another process takes over. */
  | { readonly type: 'drain'; readonly patient: boolean }

/** Worker → primary. */
export type WorkerMessage =
  /** The worker listens to messages: sent before anything is asked of it. */
  | { readonly type: 'hello' }
  | { readonly type: 'ready'; readonly listening: readonly Listening[] }
  | { readonly type: 'failed'; readonly message: string }
  | {
      readonly type: 'tested'
      readonly id: number
      readonly ok: boolean
      readonly details: Readonly<Record<string, unknown>>
    }
  /** A sign of life of a worker that serves. */
  | { readonly type: 'alive' }
  /** The table of this version is complete in this worker. */
  | { readonly type: 'applied'; readonly version: number; readonly size: number }
  | { readonly type: 'canary'; readonly attack: string; readonly stopped: boolean }
  | RateUpdate
  | GuardQuestion
  | SocketQuestion

/** Entries in one message: a table of a million does not stop the traffic of a worker while it arrives. */
export const entriesPerMessage = 5000
