import { join } from 'node:path'
import type { PartName } from '@sevenfold/event'
import { ensurePrivateFolder, loadOrCreateKeys, localAgent, registerAgent } from '@sevenfold/layer'

/** Parts that take events from others. */
export const receivers = ['ledger', 'detection'] as const

/** Makes the keys of all parts and writes them into the registry of each receiver that runs, as `sevenfold up` does. */
export function introduceParts(dataDir: string, parts: readonly PartName[]): void {
  const present = receivers.filter((name) => parts.includes(name))
  for (const part of parts) {
    ensurePrivateFolder(join(dataDir, part))
    const { publicKey } = loadOrCreateKeys(join(dataDir, part, 'keys'))
    for (const receiver of present) {
      ensurePrivateFolder(join(dataDir, receiver))
      registerAgent(join(dataDir, receiver, 'agents.json'), localAgent(part, publicKey))
    }
  }
}
