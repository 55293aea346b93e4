import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { ledgerIn } from './ledger-folder.ts'

const limits = { maxTextLength: 65_536, maxDepth: 16, maxNodes: 20_000, maxStringLength: 65_536 }

/** One event with its place in the ledger. */
export interface LedgerEvent {
  readonly index: number
  readonly event: JsonObject
}

/** How to read. */
export interface ReadOptions {
  /** A line without this text is passed over before it is parsed. */
  readonly holding?: string
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/**
 * Events of the ledger's segments in order. They are the source of truth, so this works when every part is down.
 * @throws CliError when there is no ledger.
 */
export async function* ledgerEvents(
  dataDir: string,
  options: ReadOptions = {},
): AsyncGenerator<LedgerEvent, void> {
  const folder = ledgerIn(dataDir)
  const { tailLedger } = await import('@sevenfold/ledger')
  const { openReveal } = await import('@sevenfold/ledger/segments')
  const reveal = openReveal(folder)
  const { holding, follow, signal } = options
  const tail = tailLedger(folder, {
    ...(follow === undefined ? {} : { follow }),
    ...(signal === undefined ? {} : { signal }),
  })
  for await (const { index, line } of tail) {
    if (holding !== undefined && !line.includes(holding)) continue
    const parsed = parseBoundedJson(reveal(line), limits)
    if (parsed.ok && isJsonObject(parsed.value)) yield { index, event: parsed.value }
  }
}
