/** Longest checkpoint that a heartbeat carries, in characters. */
export const maxCheckpointLength = 8192

/** Origin and size of a checkpoint: the first two lines of its note (C2SP tlog-checkpoint). */
interface Head {
  readonly origin: string
  readonly size: number
}

function readHead(note: string): Head | undefined {
  const [origin = '', size = ''] = note.split('\n', 2)
  if (origin === '' || !/^(?:0|[1-9]\d{0,15})$/.test(size)) return undefined
  return { origin, size: Number(size) }
}

/** What a checkpoint is to a witness that remembers another. */
export type Testimony = 'newer' | 'older' | 'unreadable'

/**
 * Compares a checkpoint with the newest one remembered. A log only grows: an older one from the same log means that it
 * was rolled back, and the witness keeps what it saw. Signatures are checked by whoever verifies the ledger.
 */
export function compareCheckpoint(known: string | undefined, seen: string): Testimony {
  const head = seen.length > maxCheckpointLength ? undefined : readHead(seen)
  if (head === undefined) return 'unreadable'
  const before = known === undefined ? undefined : readHead(known)
  if (before === undefined || before.origin !== head.origin) return 'newer'
  return head.size >= before.size ? 'newer' : 'older'
}
