import type { Alert, AlertRule, Entity, Level } from '../src/index.ts'
import { startMs } from './made-event.ts'

/** A rule by its name; tactics make the score. */
export function madeRule(name: string, level: Level, tactics: readonly string[] = []): AlertRule {
  return { id: name, name, title: `title of ${name}`, level, author: '', tactics, techniques: [] }
}

/** What an alert is made of. */
export interface AlertFacts {
  readonly rule: AlertRule
  readonly actors: readonly Entity[]
  readonly layer?: string
  /** Minutes after the start. */
  readonly at?: number
}

let made = 0

/** An alert with defaults. */
export function madeAlert({ rule, actors, layer = 'edge', at = 0 }: AlertFacts): Alert {
  made += 1
  return {
    rule,
    actors,
    layer,
    targets: [],
    timeMs: startMs + at * 60_000,
    summary: `alert ${made}`,
    event: { id: `a-${made}` },
    count: 1,
  }
}

/** A source address. */
export function source(value: string): Entity {
  return { type: 'source', value }
}

/** A user. */
export function user(value: string): Entity {
  return { type: 'user', value }
}
