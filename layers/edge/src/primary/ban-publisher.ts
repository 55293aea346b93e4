import type { PrimaryMessage } from '../worker/worker-message.ts'
import { entriesPerMessage } from '../worker/worker-message.ts'
import type { BookChange } from './decision-book.ts'

/** Cuts a change into messages of bounded size; the last one completes the version. */
export function banMessages(change: BookChange, version: number): readonly PrimaryMessage[] {
  const messages: PrimaryMessage[] = []
  const size = entriesPerMessage
  const parts = Math.max(1, Math.ceil(change.set.length / size), Math.ceil(change.unset.length / size))
  for (let part = 0; part < parts; part += 1) {
    messages.push({
      type: 'bans',
      version,
      reset: change.reset && part === 0,
      set: change.set.slice(part * size, (part + 1) * size),
      unset: change.unset.slice(part * size, (part + 1) * size),
      last: part === parts - 1,
    })
  }
  return messages
}
