import type { SigmaValue } from '@sevenfold/sigma'

/** What a person does about an incident of a rule. */
export interface Runbook {
  /** What it means. */
  readonly meaning: string
  /** The first five minutes. */
  readonly first: readonly string[]
  readonly confirm: readonly string[]
  readonly undo: readonly string[]
}

function texts(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  return list.slice(0, 20).map((item) => String(item).slice(0, 500))
}

/** The runbook of a rule's document; undefined when it has none. */
export function readRunbook(document: SigmaValue): Runbook | undefined {
  const value = isMapping(document) ? document['runbook'] : undefined
  if (!isMapping(value)) return undefined
  const [meaning = ''] = texts(value['meaning'])
  return {
    meaning,
    first: texts(value['first']),
    confirm: texts(value['confirm']),
    undo: texts(value['undo']),
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What can be said of a rule that brings no runbook: its own words. */
export function plainRunbook(rule: {
  readonly description?: string | undefined
  readonly falsePositives: readonly string[]
}): Runbook {
  return {
    meaning: rule.description ?? 'The author of this rule left no description.',
    first: ['Look at the events of the incident and at others of the same source'],
    confirm: rule.falsePositives.map((text) => `Known innocent cause: ${text}`),
    undo: ['Nothing was changed'],
  }
}
