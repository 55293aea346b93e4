/** The seven layers, in the order in which a request or an intruder meets them (design: "The seven layers"). */
export const layerNames = [
  'edge',
  'runtime',
  'network',
  'detection',
  'patch',
  'identity',
  'immutable',
] as const

/** Name of one of the seven layers. */
export type LayerName = (typeof layerNames)[number]

/** Parts of the backbone; they hold no defence of their own. */
export const backboneNames = ['ledger', 'collector', 'alerts', 'playbooks', 'console'] as const

/** Name of a backbone part. */
export type BackboneName = (typeof backboneNames)[number]

/** Whoever writes events: a layer, a backbone part, the supervisor, or a proof that records what it found. */
export type PartName = LayerName | BackboneName | 'supervisor' | 'prove'

const partNames: ReadonlySet<string> = new Set([...layerNames, ...backboneNames, 'supervisor', 'prove'])

/** True when `name` is one that writes events. */
export function isPartName(name: unknown): name is PartName {
  return typeof name === 'string' && partNames.has(name)
}
