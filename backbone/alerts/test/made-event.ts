import type { Json, JsonObject } from '@sevenfold/event'

/** Start of the times of made events. */
export const startMs: number = Date.parse('2026-03-02T08:00:00.000Z')

type Fields = Record<string, Json>

function put(into: Fields, path: string, value: Json): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let at = into
  for (const key of keys) {
    const inner = at[key]
    at = (
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : (at[key] = {})
    ) as Fields
  }
  at[last] = value
}

let made = 0

/** An event of ours: `of` is `layer/kind`, `fields` are paths with their values. */
export function madeEvent(
  of: string,
  timeMs: number,
  fields: Readonly<Record<string, Json>> = {},
): JsonObject {
  const [layer = 'edge', kind = 'notice'] = of.split('/')
  made += 1
  const event: Fields = {
    '@timestamp': new Date(timeMs).toISOString(),
    event: {
      id: `e-${made}`,
      action: kind,
      dataset: `sevenfold.${layer}.${kind}`,
      module: 'sevenfold',
      sequence: made,
    },
    agent: { id: `${layer}/main`, ephemeral_id: 'epoch' },
    sevenfold: { v: 1, kind, layer, lane: 'high' },
  }
  for (const [path, value] of Object.entries(fields)) put(event, path, value)
  return event
}
