import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lane } from '@sevenfold/event'
import type { LedgerBatch, LedgerLog, LedgerLogOptions, LogSigner } from '@sevenfold/ledger'

/** A folder for one test and what removes it. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'sf-ledger-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A fresh key that signs checkpoints. */
export function createSigner(): LogSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32),
    sign: (text) => sign(null, text, privateKey).toString('base64'),
  }
}

/** Options for small segments, so that a few lines already fill several. */
export function smallLog(folder: string, signer: LogSigner): LedgerLogOptions {
  return { folder, origin: 'example.org/ledger', signer, segmentBytes: 2000, retainBytes: 1_000_000_000 }
}

/** Lines with the identity that a real event has, and some text that differs. */
export function eventLine(agent: string, lane: Lane, sequence: number, epoch = 'e1'): string {
  const filler = createHash('sha256').update(`${agent}${sequence}`).digest('hex')
  return JSON.stringify({
    '@timestamp': '2026-01-31T12:00:00.000Z',
    event: { id: `${agent}-${lane}-${sequence}`, sequence, dataset: 'sevenfold.edge.access' },
    agent: { id: agent, ephemeral_id: epoch },
    sevenfold: { v: 1, kind: 'access', layer: 'edge', lane },
    message: filler,
  })
}

/** A batch of `lines` lines from `first` on. */
export function batchOf(agent: string, first: number, lines: number, lane: Lane = 'low'): LedgerBatch {
  const text = Array.from({ length: lines }, (_, i) => `${eventLine(agent, lane, first + i)}\n`)
  return { agent, epoch: 'e1', lane, first, lines, hash: 'ab'.repeat(32), body: Buffer.from(text.join('')) }
}

/** Leaves in `folder` what is on disk now, as after SIGKILL, and closes the log that wrote it. */
export async function killLog(folder: string, log: LedgerLog): Promise<void> {
  const copy = `${folder}-killed`
  cpSync(folder, copy, { recursive: true })
  await log.close()
  rmSync(folder, { recursive: true })
  renameSync(copy, folder)
}
