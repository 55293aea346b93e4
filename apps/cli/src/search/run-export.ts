import { createWriteStream, renameSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { environmentError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { askCollector } from './ask-collector.ts'

/** What takes events, whole or not at all. */
interface EventFile {
  add(event: JsonObject): Promise<void>
  finish(): Promise<void>
  abandon(): void
}

const eventsPerPage = 1_000

async function* pages(call: Call, parameters: URLSearchParams): AsyncGenerator<readonly JsonObject[], void> {
  parameters.set('limit', String(eventsPerPage))
  for (;;) {
    const { events, next } = await askCollector(call, `/v1/events?${parameters.toString()}`)
    yield Array.isArray(events) ? events.filter(isJsonObject) : []
    if (typeof next !== 'number') return
    parameters.set('before', String(next))
  }
}

function ndjsonFile(path: string): EventFile {
  const partial = `${path}.partial`
  const stream = createWriteStream(partial, { mode: 0o600 })
  // Told by the next write or by the end.
  let failure: Error | undefined
  stream.on('error', (error) => (failure = error))
  const check = (): void => {
    if (failure !== undefined) throw failure
  }
  return {
    add: async (event) => {
      check()
      if (!stream.write(`${JSON.stringify(event)}\n`))
        await Promise.race([once(stream, 'drain'), once(stream, 'close')])
    },
    finish: async () => {
      stream.end()
      await once(stream, 'close')
      check()
      renameSync(partial, path)
    },
    abandon: () => {
      stream.destroy()
      rmSync(partial, { force: true })
    },
  }
}

async function parquetFile(path: string): Promise<EventFile> {
  const { ParquetFile } = await import('@sevenfold/collector/export')
  const file = await ParquetFile.create(path)
  return {
    add: (event) => {
      file.add(event, JSON.stringify(event))
      return Promise.resolve()
    },
    finish: () => file.finish(),
    abandon: () => file.abandon(),
  }
}

/** Writes every event that matches, page by page. @throws CliError when the collector or the disk fails; then no file is left. */
export async function runExport(
  call: Call,
  parameters: URLSearchParams,
  { format, path }: { readonly format: 'ndjson' | 'parquet'; readonly path: string },
): Promise<number> {
  let [written, told] = [0, Date.now()]
  let file: EventFile | undefined
  try {
    file = format === 'parquet' ? await parquetFile(path) : ndjsonFile(path)
    for await (const events of pages(call, parameters)) {
      for (const event of events) await file.add(event)
      written += events.length
      if (Date.now() - told < 1_000) continue
      told = Date.now()
      call.io.note(`${written} events so far`)
    }
    await file.finish()
  } catch (error) {
    file?.abandon()
    if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('E')) throw error
    throw environmentError(`cannot write ${path}`, error.message, error)
  }
  if (call.json) call.io.out(JSON.stringify({ file: path, format, events: written }))
  else call.io.note(`${written} events in ${path}`)
  return 0
}
