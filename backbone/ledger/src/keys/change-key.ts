import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LedgerConfig } from '@sevenfold/config'
import { loadOrCreateKeys, repeat, writeAtomic } from '@sevenfold/layer'
import type { PartContext } from '@sevenfold/layer'
import { encodeVerifierKey, noteKey } from '@sevenfold/merkle'
import { logFolder } from '../log/log-folder.ts'
import type { LedgerLog } from '../log/ledger-log.ts'
import { wishDone, wishesIn } from '../wishes/wishes.ts'
import type { Wish } from '../wishes/wishes.ts'
import { signKeyChange } from './key-change.ts'
import { readKeyHistory, writeKeyChange } from './key-history.ts'

const lookEveryMs = 1_000
const keyFolder = (ledger: string): string => join(ledger, 'log-key')
const nextFolder = (ledger: string): string => join(ledger, 'log-key.next')

/** Where wishes to change the key are left: `Wish.name` is `rotate` or `revoke`. */
export function keyWishes(ledger: string): string {
  return join(ledger, 'key-wishes')
}

/**
 * Ends a change that a crash interrupted: with its note written the new key is the key, without it the new key never was. To be called
 * before the log is opened.
 */
export function settleKeyChange(ledger: string, origin: string): void {
  const next = nextFolder(ledger)
  const last = readKeyHistory(ledger).at(-1)
  if (last !== undefined) {
    const isNext =
      existsSync(next) &&
      encodeVerifierKey(noteKey(origin, loadOrCreateKeys(next).publicKey)) === encodeVerifierKey(last.to)
    if (isNext) {
      rmSync(keyFolder(ledger), { recursive: true, force: true })
      renameSync(next, keyFolder(ledger))
    }
    writeAtomic(logFolder(ledger).verifierKey, `${encodeVerifierKey(last.to)}\n`)
  }
  rmSync(next, { recursive: true, force: true })
}

/** Gives the log a new key; the old one is destroyed. The note of the change is the moment from which it holds. */
export async function changeKey(
  context: PartContext<LedgerConfig>,
  ledger: LedgerLog,
  { kind, reason }: { readonly kind: 'rotate' | 'revoke'; readonly reason: string },
): Promise<void> {
  const { dataDir, config, clock } = context
  await ledger.checkpoint()
  const { signed } = ledger
  if (signed === undefined) throw new Error('the log has no checkpoint yet')
  const old = loadOrCreateKeys(keyFolder(dataDir))
  const next = loadOrCreateKeys(nextFolder(dataDir))
  const note = signKeyChange(
    {
      kind,
      size: signed.size,
      root: Buffer.from(signed.root).toString('base64'),
      from: noteKey(config.origin, old.publicKey),
      to: noteKey(config.origin, next.publicKey),
      time: new Date(clock.now()).toISOString(),
      reason,
    },
    { from: old, to: next },
  )
  writeKeyChange(dataDir, note)
  ledger.signWith(next)
  settleKeyChange(dataDir, config.origin)
}

/** Carries out wishes to change the key; each is an event. */
export function startKeyChanges(context: PartContext<LedgerConfig>, ledger: LedgerLog): { stop(): void } {
  const { clock, events, log, dataDir } = context
  const folder = keyWishes(dataDir)
  const carryOut = async ({ name, actor, reason }: Wish): Promise<void> => {
    if (name === 'rotate' || name === 'revoke') {
      await changeKey(context, ledger, { kind: name, reason })
      context.emit(events.admin({ op: `log-key-${name}`, actor, reason }, 'success'))
    }
    wishDone(folder, name)
  }
  return repeat({
    clock,
    everyMs: lookEveryMs,
    atOnce: true,
    run: async () => {
      for (const wish of wishesIn(folder)) await carryOut(wish)
    },
    onError: (error) => log.error('key-change-failed', { error }), // tried again
  })
}
