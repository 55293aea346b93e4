import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { jsonPost, writeAtomic } from '@sevenfold/layer'
import type { HostLink } from '@sevenfold/layer'
import { cosignedAt, decodeCosignerKey, parseNote } from '@sevenfold/merkle'
import { copyKeyFile, receiptFile } from '../mirrors/list-mirrors.ts'
import { firstHeader, mirrorPaths } from '../mirrors/mirror-desk.ts'
import { CopyConflict } from './copy-target.ts'
import type { CopyTarget } from './copy-target.ts'

const compress = promisify(gzip)

/** Another ledger, at which this one is enrolled. */
export interface LedgerCopyOptions {
  readonly link: HostLink
  /** Folder for what the other side gives: its key, and the newest receipt. */
  readonly folder: string
  /** Verifier key of our log. */
  readonly verifierKey: () => string
  /** Notes of the latest rotations of that key, oldest first. */
  readonly keyChanges: () => readonly string[]
}

const limits = { maxTextLength: 65_536, maxDepth: 4, maxNodes: 32, maxStringLength: 16_384 }

function bodyOf(text: string): JsonObject {
  const parsed = parseBoundedJson(text, limits)
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
}

function check(answer: { readonly status: number; readonly text: string }): JsonObject {
  const body = bodyOf(answer.text)
  if (answer.status === 200) return body
  const error = isJsonObject(body['error']) ? body['error'] : {}
  const code = error['code']
  const why = typeof error['message'] === 'string' ? error['message'] : ''
  if (code === 'HOSTS_COPY_CONFLICT' || code === 'HOSTS_COPY_GAP')
    throw new CopyConflict(code === 'HOSTS_COPY_GAP' ? `the other ledger has only ${why} entries` : why)
  throw new Error(`the other ledger answers ${answer.status}: ${why}`)
}

/**
 * Copies entries to another Sevenfold ledger over mTLS. It computes the same tree, compares its root with each signed
 * checkpoint, and answers with a cosignature: the receipt, which is checked with the key that it showed the first time.
 */
export function createLedgerCopy(
  name: string,
  { link, folder, verifierKey, keyChanges }: LedgerCopyOptions,
): CopyTarget {
  const keyFile = join(folder, copyKeyFile)
  const pinned = (offered: unknown): string => {
    if (!existsSync(keyFile) && typeof offered === 'string') {
      decodeCosignerKey(offered)
      writeAtomic(keyFile, `${offered}\n`)
    }
    return readFileSync(keyFile, 'utf8').trim()
  }
  return {
    name,
    send: async ({ first, lines }) => {
      const body = await compress(Buffer.from(`${lines.join('\n')}\n`), { level: 1 })
      const headers = { 'content-type': 'application/x-ndjson', [firstHeader]: String(first) }
      check(await link.send('ledger', { path: mirrorPaths.entries, headers, body }))
    },
    checkpoint: async (note) => {
      const answer = check(
        await link.send(
          'ledger',
          jsonPost(mirrorPaths.checkpoint, { note, key: verifierKey(), changes: keyChanges() }),
        ),
      )
      const { cosignature, key } = answer
      const receipt = `${note}${typeof cosignature === 'string' ? cosignature : ''}`
      if (cosignedAt(parseNote(receipt), decodeCosignerKey(pinned(key))) === undefined)
        throw new CopyConflict('its receipt is not signed by the key that it showed the first time')
      writeAtomic(join(folder, receiptFile), receipt)
    },
    close: () => {
      link.client('ledger').close()
      return Promise.resolve()
    },
  }
}
