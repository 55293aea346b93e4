/** Origin, size and root of a checkpoint: the first three lines of its note (C2SP tlog-checkpoint). */
export interface CheckpointHead {
  readonly origin: string
  readonly size: number
  /** Base64 of the root hash. */
  readonly root: string
}

/** Longest note that is read, in characters. */
export const maxCheckpointText = 8_192
/** Sizes whose roots are remembered, to notice two histories. */
export const rememberedRoots = 512

/** Reads the head of a checkpoint's note; undefined when it is none. The signature is for whoever verifies the ledger. */
export function readCheckpointHead(note: string): CheckpointHead | undefined {
  if (note.length > maxCheckpointText) return undefined
  const [origin = '', size = '', root = ''] = note.split('\n', 3)
  if (origin === '' || !/^(?:0|[1-9]\d{0,15})$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(root))
    return undefined
  return { origin, size: Number(size), root }
}

/** What is wrong with the ledger's history. */
export type CheckpointProblem =
  /** The ledger shows less than a witness has seen. */
  | { readonly kind: 'rollback'; readonly seen: number; readonly shown: number; readonly witness: string }
  /** Two roots for one size: two histories under one name. */
  | { readonly kind: 'fork'; readonly size: number; readonly witness: string }

interface Newest extends CheckpointHead {
  readonly witness: string
}

/**
 * Compares what the ledger shows with what witnesses saw: every heartbeat carries the newest checkpoint of its part.
 * A log only grows, so a smaller one was put back; one that differs at the same size was rewritten.
 */
export class CheckpointWatch {
  #newest: Newest | undefined
  readonly #roots = new Map<number, string>()

  /** The newest head seen, for keeping over a restart. */
  get newest(): CheckpointHead | undefined {
    return this.#newest
  }

  /** A checkpoint that somebody saw, or (`isLedger`) that the ledger shows now. Null when nothing is wrong with it. */
  observe(head: CheckpointHead, witness: string, isLedger: boolean): CheckpointProblem | null {
    const newest = this.#newest
    if (newest === undefined || newest.origin !== head.origin) {
      // Another name is another log; whoever renames the ledger starts a new history on purpose.
      if (newest === undefined || isLedger) this.#start(head, witness)
      return null
    }
    const root = this.#roots.get(head.size)
    if (root !== undefined && root !== head.root) return { kind: 'fork', size: head.size, witness }
    if (head.size < newest.size)
      return isLedger
        ? { kind: 'rollback', seen: newest.size, shown: head.size, witness: newest.witness }
        : null
    this.#remember(head)
    if (head.size > newest.size) this.#newest = { ...head, witness }
    return null
  }

  /** After a rollback was reported the shorter history is the one that goes on. */
  accept(head: CheckpointHead): void {
    this.#start(head, 'ledger')
  }

  #start(head: CheckpointHead, witness: string): void {
    this.#newest = { ...head, witness }
    this.#roots.clear()
    this.#remember(head)
  }

  #remember({ size, root }: CheckpointHead): void {
    this.#roots.set(size, root)
    if (this.#roots.size <= rememberedRoots) return
    const oldest = this.#roots.keys().next()
    if (oldest.done !== true) this.#roots.delete(oldest.value)
  }
}
