import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, uuidV7 } from '@sevenfold/event'
import type { ProofDocument, ProofSummary } from '@sevenfold/event'
import {
  createLogger,
  createMetrics,
  ensurePrivateFolder,
  loadOrCreateKeys,
  localAgent,
  openSpool,
  registerAgent,
  startShipper,
  systemClock,
} from '@sevenfold/layer'

/** Time that the ledger gets to take the record, in milliseconds; later it is taken with the next proof. */
export const recordTimeoutMs = 5000

/** The record of a proof. */
export interface ProofRecord {
  readonly summary: ProofSummary
  /** The ledger has it; false: it waits in the spool until the next proof. */
  readonly isTaken: boolean
}

/** The document as it goes to stdout with `--json`: the digest is over these bytes. */
export function documentText(document: ProofDocument): string {
  return `${JSON.stringify(document)}\n`
}

/** Totals of a proof and the SHA-256 of its document. */
export function summariseProof(document: ProofDocument): ProofSummary {
  return {
    seed: document.seed,
    attacks: document.attacks.length,
    valid: document.attacks.filter(({ valid }) => valid).length,
    benignBlocked: document.benign.blocked,
    digest: createHash('sha256').update(documentText(document)).digest('hex'),
  }
}

/**
 * Writes a proof into the ledger of an installation, as an event of the part `prove`, signed with a key of its own.
 * The key is made here and written into the ledger's registry, so this has to run as the user of the ledger. Rejects
 * when the folder has no ledger.
 */
export async function recordProof(dataDir: string, document: ProofDocument): Promise<ProofRecord> {
  const ledger = join(dataDir, 'ledger')
  if (!existsSync(ledger)) throw new Error(`${dataDir} has no ledger; start it with sevenfold up`)
  const folder = join(dataDir, 'prove')
  ensurePrivateFolder(folder)
  const keys = loadOrCreateKeys(join(folder, 'keys'))
  registerAgent(join(ledger, 'agents.json'), localAgent('prove', keys.publicKey))
  const clock = systemClock
  const log = createLogger({ agent: 'prove/main', clock, write: () => undefined })
  const metrics = createMetrics()
  const common = { clock, log, metrics }
  const spool = await openSpool({
    folder: join(folder, 'spool'),
    agentId: 'prove/main',
    receivers: ['ledger'],
    budgetBytes: 1 << 20,
    ...common,
  })
  try {
    const redactor = createRedactor(keys.redactionKey)
    const events = createEventBuilder({ layer: 'prove', now: () => clock.now(), newId: uuidV7, redactor })
    const summary = summariseProof(document)
    spool.append(events.proof(summary))
    await spool.flush()
    const target = { socketPath: join(ledger, 'ingest.sock') }
    const shipper = startShipper({ spool, receiver: 'ledger', target, keys, ...common })
    await shipper.stop(recordTimeoutMs)
    return { summary, isTaken: spool.reader('ledger').backlog() === 0 }
  } finally {
    await spool.close()
  }
}
