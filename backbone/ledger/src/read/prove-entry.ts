import { existsSync, readFileSync } from 'node:fs'
import {
  decodeCheckpoint,
  encodeTlogProof,
  inclusionProof,
  parseNote,
  tileHashReader,
} from '@sevenfold/merkle'
import { LedgerError } from '../ledger-error.ts'
import { logFolder } from '../log/log-folder.ts'
import { TileStore } from '../log/tile-store.ts'
import { tailLedger } from './tail-ledger.ts'

/** An entry with its receipt. */
export interface ProvenLine {
  readonly index: number
  /** The entry, byte for byte, without a newline. */
  readonly line: string
  /** C2SP tlog-proof. */
  readonly proof: string
}

/** What is to be proved: the number of an entry, or a text that only it holds, such as an event's id. */
export type EntryWish = { readonly index: number } | { readonly holding: string }

/** The checkpoint with cosignatures when it covers the entry, otherwise the newest. */
function noteFor(root: string, index: number): string {
  const folder = logFolder(root)
  for (const path of [folder.cosigned, folder.checkpoint]) {
    if (!existsSync(path)) continue
    const note = readFileSync(path, 'utf8')
    if (decodeCheckpoint(parseNote(note).text).size > index) return note
  }
  throw new LedgerError('LEDGER_NOT_SIGNED', `entry ${index} is in no checkpoint yet`, {
    hint: 'try again in a second; is the ledger running?',
  })
}

async function find(root: string, wish: EntryWish): Promise<Pick<ProvenLine, 'index' | 'line'>> {
  for await (const entry of tailLedger(root)) {
    if ('index' in wish ? entry.index === wish.index : entry.line.includes(wish.holding)) return entry
  }
  const what = 'index' in wish ? `number ${wish.index}` : `that holds ${wish.holding}`
  throw new LedgerError('LEDGER_NO_ENTRY', `there is no entry ${what}`, {
    hint: 'retention may have dropped it; sevenfold events finds what there is',
  })
}

/**
 * The receipt of an entry: what shows to anybody with the log's key, and the witnesses' keys, that it is in the log.
 * @throws LedgerError LEDGER_NO_ENTRY, LEDGER_NOT_SIGNED; MerkleError when a tile is missing.
 */
export async function proveEntry(root: string, wish: EntryWish): Promise<ProvenLine> {
  const { index, line } = await find(root, wish)
  const checkpoint = noteFor(root, index)
  const { size } = decodeCheckpoint(parseNote(checkpoint).text)
  const tiles = new TileStore(root)
  const hashes = inclusionProof(
    tileHashReader(size, (tile) => tiles.read(tile)),
    index,
    size,
  )
  return { index, line, proof: encodeTlogProof({ index, hashes, checkpoint }) }
}
