import type { JsonObject } from '@sevenfold/event'
import type { Entity, EntityType } from './alert.ts'
import { textAt } from './read-event.ts'

/** Longest value of an entity. */
export const maxEntityLength = 256

/** Who an event is about. */
export interface EventEntities {
  readonly actors: readonly Entity[]
  readonly targets: readonly Entity[]
}

function entity(type: EntityType, value: string): readonly Entity[] {
  return value === '' ? [] : [{ type, value: value.slice(0, maxEntityLength) }]
}

/** The part that an event of ours speaks about: named in its labels, or the one that wrote it. */
function partOf(event: JsonObject): string {
  return textAt(event, 'labels', 'part') || textAt(event, 'sevenfold', 'layer')
}

/**
 * Entities of an event. The user of a failed login did nothing: the name is what was tried, so it is shown and connects
 * nothing, else one list of stolen passwords would join all its victims.
 */
export function entitiesOf(event: JsonObject): EventEntities {
  const source = entity('source', textAt(event, 'source', 'ip'))
  const session = entity('session', textAt(event, 'session', 'id'))
  const name = textAt(event, 'user', 'name')
  const isTried =
    textAt(event, 'sevenfold', 'kind') === 'authentication' && textAt(event, 'event', 'outcome') !== 'success'
  const user = entity(isTried ? 'account' : 'user', name)
  const site = entity('site', textAt(event, 'sevenfold', 'site'))
  const actor = entity('user', textAt(event, 'sevenfold', 'admin', 'actor'))
  const host = entity('host', textAt(event, 'host', 'name'))
  const actors = [...session, ...(isTried ? [] : user), ...source, ...actor]
  const part = actors.length === 0 ? entity('part', partOf(event)) : []
  return { actors: [...part, ...actors], targets: [...(isTried ? user : []), ...site, ...host] }
}
