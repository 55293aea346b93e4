/** Somebody or something that an incident is about. */
export interface ShownEntity {
  readonly type: string
  readonly value: string
  readonly count: number
}

/** An incident in the list. */
export interface ShownIncident {
  readonly id: string
  readonly state: string
  readonly title: string
  readonly level: string
  readonly score: number
  readonly count: number
  readonly cases: number
  readonly first: string
  readonly last: string
  readonly layers: readonly string[]
  readonly tactics: readonly string[]
  readonly techniques: readonly string[]
  readonly entities: readonly ShownEntity[]
  readonly verdict?: { readonly verdict: string; readonly reason: string; readonly actor: string }
}

/** What a person does about a rule. */
export interface ShownRunbook {
  readonly rule: string
  readonly title: string
  readonly author: string
  readonly runbook?: {
    readonly meaning: string
    readonly first: readonly string[]
    readonly confirm: readonly string[]
    readonly undo: readonly string[]
  }
}

/** An incident with everything. */
export interface FullIncident extends ShownIncident {
  readonly samples: readonly {
    readonly timeMs: number
    readonly layer: string
    readonly summary: string
    readonly eventId: string
  }[]
  readonly notes: readonly { readonly timeMs: number; readonly text: string }[]
  readonly runbooks: readonly ShownRunbook[]
}

/** What was too mild to be an incident. */
export interface QuietCase {
  readonly title: string
  readonly score: number
  readonly count: number
  readonly entities: readonly ShownEntity[]
}

/** A run of a playbook. */
export interface ShownRun {
  readonly id: string
  readonly playbook: string
  readonly incident: string
  readonly state: string
  readonly steps: readonly {
    readonly action: string
    readonly plan: readonly string[]
    readonly text: string
  }[]
}

/** Who an incident is about, in a few words. */
export function whoOf({ entities, cases }: Pick<ShownIncident, 'entities' | 'cases'>): string {
  const named = entities.slice(0, 2).map(({ value }) => value)
  return cases > 1 ? `${named.join(', ')} and ${cases - 1} more` : named.join(', ')
}
