import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { canonicalAddress } from '../../authority/address.ts'
import { readLines } from '../../journal/read-lines.ts'

/** One record of what an exchange was told. */
export type ExchangeRecord =
  | { readonly op: 'report'; readonly reporter: string; readonly value: string; readonly atMs: number }
  /** Reports of protected addresses so far; enough of them suspend a reporter. */
  | { readonly op: 'protected'; readonly reporter: string; readonly count: number }
  /** Everything that a reporter said is forgotten. */
  | { readonly op: 'pardon'; readonly reporter: string }

const limits = { maxTextLength: 1_024, maxDepth: 2, maxNodes: 12, maxStringLength: 256 }

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

function readRecord(line: string): ExchangeRecord | undefined {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { op, reporter, value, atMs, count } = parsed.value
  if (typeof reporter !== 'string') return undefined
  if (op === 'pardon') return { op, reporter }
  if (op === 'protected' && isCount(count)) return { op, reporter, count }
  if (op !== 'report' || typeof value !== 'string' || !isCount(atMs)) return undefined
  return canonicalAddress(value) === value ? { op, reporter, value, atMs } : undefined
}

/** Records in the file of an exchange, oldest first; lines that cannot be read are left out. */
export function* readExchangeLog(path: string): Generator<ExchangeRecord> {
  for (const line of readLines(path)) {
    const record = readRecord(line)
    if (record !== undefined) yield record
  }
}
