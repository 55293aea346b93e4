/** Kinds of what silence detection finds; `silence-<kind>` is the action of the event. */
export const findingKinds = [
  'dark',
  'unreachable',
  'muted',
  'stalled',
  'rewound',
  'chatter',
  'canary',
  'expiry',
  'edge-bypassed',
  'upstream-muted',
  'rollback',
  'fork',
] as const

/** One kind. */
export type FindingKind = (typeof findingKinds)[number]

/** Something that is not as it should be. It stays until it is over. */
export interface SilenceFinding {
  readonly kind: FindingKind
  /** Part that it is about. */
  readonly part: string
  /** Writing process, where one is meant. */
  readonly agent?: string
  readonly message: string
  readonly sinceMs: number
  /** Days left, for `expiry`. */
  readonly days?: number
}

/** A finding that is told once, and whose end is not looked for. */
export function isMoment(kind: FindingKind): boolean {
  return kind === 'expiry' || kind === 'rollback' || kind === 'fork'
}

/** One text for a finding, the same as long as it lasts. */
export function findingKey({ kind, part, agent, days }: SilenceFinding): string {
  return [kind, agent ?? part, ...(days === undefined ? [] : [String(days)])].join(' ')
}
