import { join } from 'node:path'
import { ensurePrivateFolder, loadOrCreateKeys, localAgent, registerAgent } from '@sevenfold/layer'
import type { PartName } from '@sevenfold/event'

/** Who may send events to which receiver. Detection never gets events through the backbone. */
const senders: Readonly<Record<'ledger' | 'detection', readonly PartName[]>> = {
  ledger: ['edge', 'runtime', 'detection', 'ledger', 'collector', 'alerts', 'console', 'supervisor'],
  detection: ['edge', 'runtime'],
}

/**
 * Makes the keys of every part and writes `agents.json` of each receiver. Only in this profile, where one user runs
 * everything: elsewhere each part makes its own key and is enrolled.
 */
export function writeRegistries(dataDir: string): void {
  const parts = new Set(Object.values(senders).flat())
  const keys = new Map<PartName, Uint8Array>()
  for (const part of parts) {
    ensurePrivateFolder(join(dataDir, part))
    keys.set(part, loadOrCreateKeys(join(dataDir, part, 'keys')).publicKey)
  }
  for (const [receiver, allowed] of Object.entries(senders)) {
    for (const part of allowed) {
      const publicKey = keys.get(part)
      if (publicKey !== undefined)
        registerAgent(join(dataDir, receiver, 'agents.json'), localAgent(part, publicKey))
    }
  }
}
