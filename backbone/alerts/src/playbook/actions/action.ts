import type { Json, JsonObject } from '@sevenfold/event'
import type { Outbound } from '@sevenfold/outbound'
import { AlertsError } from '../../alerts-error.ts'
import type { Scope } from '../scope.ts'

/** A mail as an action writes it. */
export interface Mail {
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
}

/** A program from the allow-list with its arguments. */
export interface Program {
  readonly argv: readonly string[]
  /** Given to it on standard input. */
  readonly input?: string
}

/** What an action can reach. Tests give their own. */
export interface ActionReach {
  readonly outbound: Outbound
  /** Asks another part over its API socket. */
  readonly ask: (
    part: string,
    question: { method: 'POST' | 'DELETE'; path: string; body: JsonObject },
  ) => Promise<Json>
  /** Sets a mode over the control socket; a playbook may strengthen only. */
  readonly strengthen: (part: string, mode: 'monitor' | 'enforce', site: string | undefined) => Promise<void>
  /** Runs a program without a shell; rejects when it fails. */
  readonly run: (program: Program) => Promise<string>
  /** Programs that the configuration allows, by name. */
  readonly commands: ReadonlyMap<string, readonly string[]>
  readonly mail: (mail: Mail) => Promise<void>
  /** Text of a secret file that a step names. */
  readonly secret: (path: string) => string
  /** Puts evidence into the ledger. */
  readonly record: (text: string, scope: Scope) => void
  /** Keeps a file for a person or a program to apply. Gives its path. */
  readonly keepFile: (name: string, text: string) => string
}

/** One call of an action. */
export interface ActionCall {
  readonly settings: JsonObject
  readonly scope: Scope
  /** Most things that it may act on. */
  readonly maxTargets: number
  /** `playbook:<name>`. */
  readonly actor: string
  /** True for things that no playbook acts on. */
  readonly isSpared: (value: string) => boolean
  readonly ttlMs: number
}

/** What was done, and what takes it back. */
export interface Done {
  readonly text: string
  readonly undo?: Json
}

/** A typed action of playbooks. A member knows nothing of its siblings. */
export interface Action {
  readonly name: string
  readonly canUndo: boolean
  /** Refuses settings that it does not understand. @throws AlertsError ALERTS_PLAYBOOK. */
  check(settings: JsonObject, path: string): void
  /** What it would do, for a dry run and for approval. Touches nothing. */
  describe(call: ActionCall): readonly string[]
  run(call: ActionCall, reach: ActionReach): Promise<Done>
  undo?(undo: Json, reach: ActionReach, actor: string): Promise<void>
}

/** Refuses settings. */
export function refuse(path: string, message: string): never {
  throw new AlertsError('ALERTS_PLAYBOOK', `${path}: ${message}`)
}

/** Settings with these keys only, each of them a text; `needed` must be there. */
export function checkTexts(
  settings: JsonObject,
  path: string,
  keys: { readonly needed: readonly string[]; readonly optional?: readonly string[] },
): void {
  const known = [...keys.needed, ...(keys.optional ?? [])]
  for (const [key, value] of Object.entries(settings)) {
    if (!known.includes(key)) refuse(`${path}.${key}`, `is not understood; there are ${known.join(', ')}`)
    if (typeof value !== 'string' || value.length > 4_096) refuse(`${path}.${key}`, 'must be a text')
  }
  const missing = keys.needed.find((key) => settings[key] === undefined)
  if (missing !== undefined) refuse(`${path}.${missing}`, 'is missing')
}

/** A text of settings that `check` has seen. */
export function setting(settings: JsonObject, key: string): string {
  const value = settings[key]
  return typeof value === 'string' ? value : ''
}
