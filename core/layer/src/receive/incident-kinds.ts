/** Kinds of incident that a receiver reports. */
export const incidentKinds = [
  'unknown-key',
  'bad-signature',
  'foreign-agent',
  'foreign-host',
  'cloned',
  'bad-event',
  'foreign-dataset',
  'conflict',
  'gap',
  'declared-gap',
  'missed-start',
  'unannounced-epoch',
  'new-epoch',
  'chain-mismatch',
  'head-fell',
  'boot-fell',
  'heartbeat-replayed',
  'heartbeat-stale',
  'heartbeat-nonce',
  'heartbeat-signature',
] as const

/** One kind of incident. */
export type IncidentKind = (typeof incidentKinds)[number]
