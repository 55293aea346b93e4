import { summarize } from '../incident/incident.ts'
import type { Incident } from '../incident/incident.ts'
import type { EntityType } from '../alert/alert.ts'

/** What a playbook knows of an incident: plain texts for `{{…}}`, and its entities as targets. */
export interface Scope {
  readonly incident: string
  readonly texts: Readonly<Record<string, string>>
  readonly targets: Readonly<Partial<Record<EntityType, readonly string[]>>>
}

/** Longest text that a placeholder becomes. */
export const maxPlaceholderLength = 500

/** Reads the scope of an incident. */
export function scopeOf(incident: Incident): Scope {
  const summary = summarize(incident, 200)
  const targets: Partial<Record<EntityType, string[]>> = {}
  for (const { type, value } of summary.entities) (targets[type] ??= []).push(value)
  const first = (type: EntityType): string => targets[type]?.[0] ?? ''
  return {
    incident: incident.id,
    texts: {
      id: summary.id,
      title: summary.title,
      level: summary.level,
      score: String(summary.score),
      count: String(summary.count),
      cases: String(summary.cases),
      first: summary.first,
      last: summary.last,
      layers: summary.layers.join(', '),
      tactics: summary.tactics.join(', '),
      techniques: summary.techniques.join(', '),
      source: first('source'),
      user: first('user'),
      session: first('session'),
      part: first('part'),
      site: first('site'),
      host: first('host'),
      sample: incident.body.samples.at(-1)?.summary ?? '',
    },
    targets,
  }
}

/**
 * Fills `{{name}}` in. Values are put in as they are: whoever writes the result for a reader escapes it for that reader.
 * An unknown name becomes nothing.
 */
export function fill(template: string, scope: Scope): string {
  return template.replaceAll(/\{\{\s*([a-z]+)\s*\}\}/g, (_, name: string) =>
    (Object.hasOwn(scope.texts, name) ? (scope.texts[name] ?? '') : '').slice(0, maxPlaceholderLength),
  )
}
