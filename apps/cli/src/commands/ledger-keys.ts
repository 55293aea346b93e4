import { setTimeout as wait } from 'node:timers/promises'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { ledgerFolder } from '../place/ledger-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Call, Command } from '../program/command.ts'

const patienceMs = 5_000
const options = {
  reason: { type: 'string', value: 'TEXT', help: 'why; stands in the note and in the ledger' },
  ...placeOptions,
} as const

async function changeKey(call: Call, kind: 'rotate' | 'revoke'): Promise<number> {
  const reason = call.text('reason')
  if (reason === undefined || reason === '')
    throw usageError('--reason is missing', 'it stands in the ledger')
  const { isWaiting, keyWishes, leaveWish, readKeyHistory } = await import('@sevenfold/ledger')
  const folder = await ledgerFolder(call)
  const wishes = keyWishes(folder)
  leaveWish(wishes, { name: kind, actor: actor(), reason: reason.slice(0, 500) })
  for (let waited = 0; waited < patienceMs && isWaiting(wishes, kind); waited += 100) await wait(100)
  const isDone = !isWaiting(wishes, kind)
  const { encodeVerifierKey } = await import('@sevenfold/merkle')
  const last = isDone ? readKeyHistory(folder).at(-1) : undefined
  const key = last === undefined ? undefined : encodeVerifierKey(last.to)
  if (call.json) call.io.out(JSON.stringify({ kind, done: isDone, ...(key === undefined ? {} : { key }) }))
  else call.io.out(key ?? 'the key will be changed when the ledger runs again')
  if (key !== undefined) call.io.note('give the new key to witnesses and to whoever verifies this log')
  return 0
}

/** `sevenfold ledger keys rotate`. */
export const ledgerKeysRotate: Command = {
  name: 'ledger keys rotate',
  summary: 'give the log a new key; whoever has an older one is led to it',
  details: `The old key signs who comes after it, over how many entries, and is destroyed. What it signed stays good.`,
  options,
  examples: ['sevenfold ledger keys rotate --reason "once a year"'],
  run: (call) => changeKey(call, 'rotate'),
}

/** `sevenfold ledger keys revoke`. */
export const ledgerKeysRevoke: Command = {
  name: 'ledger keys revoke',
  summary: 'give the log a new key because the old one may be in other hands',
  details: `As rotate, but whoever verifies with the old key is told to get the new one by another way: its thief could have named a
successor as well. Of entries after the change the old key says nothing.`,
  options,
  examples: ['sevenfold ledger keys revoke --reason "the disk was stolen"'],
  run: (call) => changeKey(call, 'revoke'),
}

/** `sevenfold ledger keys list`. */
export const ledgerKeysList: Command = {
  name: 'ledger keys list',
  summary: 'list the keys that the log had, the newest last',
  options: placeOptions,
  examples: ['sevenfold ledger keys list'],
  run: async (call) => {
    const { readKeyHistory } = await import('@sevenfold/ledger')
    const { logIdentity } = await import('@sevenfold/ledger/segments')
    const { encodeVerifierKey } = await import('@sevenfold/merkle')
    const folder = await ledgerFolder(call)
    const rows = [
      { key: logIdentity(folder) },
      ...readKeyHistory(folder).map(({ to, kind, size, time, reason }) => ({
        key: encodeVerifierKey(to),
        since: { kind, entry: size, time, reason },
      })),
    ]
    for (const row of rows) {
      const since =
        'since' in row
          ? `  since entry ${row.since.entry} (${row.since.kind}, ${row.since.time}: ${row.since.reason})`
          : ''
      call.io.out(call.json ? JSON.stringify(row) : `${row.key}${since}`)
    }
    return 0
  },
}
