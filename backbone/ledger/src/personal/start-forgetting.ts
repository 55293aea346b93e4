import { join } from 'node:path'
import type { LedgerConfig } from '@sevenfold/config'
import { repeat } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { wishDone, wishesIn } from '../wishes/wishes.ts'
import { personalFolder } from './personal-keys.ts'
import type { PersonalKeys } from './personal-keys.ts'

const lookEveryMs = 1_000

/** Where wishes to forget a day are left: `Wish.name` is the day. */
export function forgetWishes(ledger: string): string {
  return join(personalFolder(ledger), 'forget')
}

/** Deletes keys of days that somebody asked to forget, and those that are older than `ledger.personal.keep`; each is an event. */
export function startForgetting(context: PartContext<LedgerConfig>, keys: PersonalKeys): { stop(): void } {
  const { clock, events, log, config, dataDir } = context
  const folder = forgetWishes(dataDir)
  const { keepMs } = config.personal
  const forget = (day: string, actor: string, reason: string): void => {
    const outcome = keys.forget(day) ? 'success' : 'failure'
    context.emit(events.admin({ op: 'forget-day', actor, to: day, reason }, outcome))
  }
  const look = (): void => {
    for (const { name, actor, reason } of wishesIn(folder)) {
      forget(name, actor, reason)
      wishDone(folder, name)
    }
    if (keepMs === undefined) return
    const oldest = new Date(clock.now() - keepMs).toISOString().slice(0, 10)
    for (const day of keys.days()) if (day < oldest) forget(day, 'ledger', 'older than ledger.personal.keep')
  }
  return repeat({
    clock,
    everyMs: lookEveryMs,
    atOnce: true,
    run: look,
    onError: (error) => log.error('forget-failed', { error }), // tried again
  })
}
