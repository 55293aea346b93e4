import { setTimeout as wait } from 'node:timers/promises'
import { actor } from '../place/actor.ts'
import { placeOptions } from '../place/data-folder.ts'
import { ledgerFolder } from '../place/ledger-folder.ts'
import { usageError } from '../program/cli-error.ts'
import type { Command } from '../program/command.ts'

const patienceMs = 5_000

/** `sevenfold ledger forget`. */
export const ledgerForget: Command = {
  name: 'ledger forget',
  summary: 'erase what is personal in the entries of a day, for good; all hashes and proofs stay valid',
  details: `Deletes the key of that day (UTC), where ledger.personal.seal is on. The ledger process does it within a second and records who asked;
when it does not run, it does so at its next start. The index is made anew without what was erased.`,
  words: { name: 'DAY', help: 'such as 2026-01-31', min: 1, max: 1 },
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; stands in the ledger' }, ...placeOptions },
  examples: ['sevenfold ledger forget 2026-01-31 --reason "erasure request 17"'],
  run: async (call) => {
    const [day = ''] = call.words
    const reason = call.text('reason')
    if (reason === undefined || reason === '')
      throw usageError('--reason is missing', 'it stands in the ledger')
    const { forgetWishes, isWaiting, leaveWish } = await import('@sevenfold/ledger')
    const { isDay, PersonalKeys, personalFolder } = await import('@sevenfold/ledger/segments')
    if (!isDay(day)) throw usageError(`${day} is no day`, 'for example 2026-01-31')
    const folder = await ledgerFolder(call)
    const keys = new PersonalKeys(personalFolder(folder))
    if (!keys.days().includes(day)) {
      const known = keys.days()
      throw usageError(
        keys.forgotten().includes(day) ? `${day} is forgotten already` : `there is no key of ${day}`,
        known.length === 0 ? 'nothing is sealed: see ledger.personal.seal' : `there are ${known.join(', ')}`,
      )
    }
    const wishes = forgetWishes(folder)
    leaveWish(wishes, { name: day, actor: actor(), reason: reason.slice(0, 500) })
    for (let waited = 0; waited < patienceMs && isWaiting(wishes, day); waited += 100) await wait(100)
    const isDone = !isWaiting(wishes, day)
    if (call.json) call.io.out(JSON.stringify({ day, forgotten: isDone }))
    else call.io.out(isDone ? `${day} is forgotten` : `${day} will be forgotten when the ledger runs again`)
    return 0
  },
}
