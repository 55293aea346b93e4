import { existsSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { writeAtomic } from '@sevenfold/layer'
import type { DecisionJournal, DecisionRecord } from './decision-store.ts'
import { parseScope } from './stored-decision.ts'
import type { StoredDecision } from './stored-decision.ts'

const limits = { maxTextLength: 8192, maxDepth: 3, maxNodes: 40, maxStringLength: 1024 }

function text(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}

function whole(object: JsonObject, key: string): number | undefined {
  const value = object[key]
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function readDecision(object: JsonObject): StoredDecision | undefined {
  const [id, untilMs] = [whole(object, 'id'), whole(object, 'untilMs')]
  const scope = parseScope(text(object, 'scope') ?? '')
  const [type, value] = [text(object, 'type'), text(object, 'value')]
  if (id === undefined || untilMs === undefined || scope === undefined) return undefined
  if (type === undefined || value === undefined) return undefined
  return {
    id,
    uuid: text(object, 'uuid') ?? '',
    type,
    scope,
    value,
    untilMs,
    origin: text(object, 'origin') ?? 'sevenfold',
    scenario: text(object, 'scenario') ?? '',
    simulated: object['simulated'] === true,
  }
}

function readRecord(line: string): DecisionRecord | undefined {
  const parsed = parseBoundedJson(line, limits)
  if (!parsed.ok || !isJsonObject(parsed.value)) return undefined
  const { op, decision } = parsed.value
  if (op === 'add' && isJsonObject(decision)) {
    const stored = readDecision(decision)
    return stored === undefined ? undefined : { op, decision: stored }
  }
  const id = whole(parsed.value, 'id')
  if (op !== 'remove' || id === undefined) return undefined
  const reason = text(parsed.value, 'reason') ?? ''
  return { op, id, atMs: whole(parsed.value, 'atMs') ?? 0, reason }
}

/** Records in a journal file, oldest first; lines that cannot be read (a torn last one) are counted and left out. */
export function readJournal(path: string): { records: DecisionRecord[]; unreadable: number } {
  if (!existsSync(path)) return { records: [], unreadable: 0 }
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  const records = lines.flatMap((line) => readRecord(line) ?? [])
  return { records, unreadable: lines.length - records.length }
}

/** A journal on disk. */
export interface FileJournal extends DecisionJournal {
  /** Resolves when everything appended so far is on disk, or could not be written. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** What a file journal needs. */
export interface FileJournalOptions {
  readonly path: string
  /** What the file is to hold at the start (compacted). */
  readonly records: readonly DecisionRecord[]
  /** Told of a failed write; the records stay in memory and in force, and are tried again with the next one. */
  readonly onError: (error: unknown) => void
}

/** Writes the records and goes on appending behind them. Appending never waits and never throws. */
export async function openFileJournal(options: FileJournalOptions): Promise<FileJournal> {
  writeAtomic(options.path, options.records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  const handle: FileHandle = await open(options.path, 'a', 0o600)
  let waiting = ''
  let running: Promise<void> | undefined
  const write = async (): Promise<void> => {
    while (waiting !== '') {
      const lines = waiting
      waiting = ''
      try {
        await handle.appendFile(lines)
        await handle.datasync()
      } catch (error) {
        waiting = lines + waiting
        options.onError(error)
        return
      }
    }
  }
  const run = (): Promise<void> => {
    running ??= write().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    append: (record) => {
      waiting += `${JSON.stringify(record)}\n`
      void run() // errors go to onError
    },
    flush: run,
    close: async () => {
      await run()
      await handle.close()
    },
  }
}
