import { createServer } from 'node:http'
import { join } from 'node:path'
import type { CollectorConfig } from '@sevenfold/config'
import { isJsonObject } from '@sevenfold/event'
import { defineLayer, listenOnSocket, repeat } from '@sevenfold/layer'
import type { Layer, PartContext, RunningLayer } from '@sevenfold/layer'
import { SegmentFollower, openReveal } from '@sevenfold/ledger/segments'
import type { RevealLine, SegmentLine } from '@sevenfold/ledger/segments'
import { Api } from './api/api.ts'
import { LiveTail } from './api/live-tail.ts'
import { IdIndex } from './ids/id-index.ts'
import { besideBytes, databaseRoom } from './index-store/beside-bytes.ts'
import { IndexFeed } from './index-store/index-feed.ts'
import type { ForeignLogs, ForeignLogState } from './sources/foreign-logs.ts'
import { startErasing } from './index-store/start-erasing.ts'
import { SavedSearches } from './searches/saved-searches.ts'
import { SegmentWords } from './words/segment-words.ts'
import { PartStatusBook } from './status/part-status.ts'

// An older compiled file does not name the sites (each request is then kept), and no foreign logs.
type Config = Omit<CollectorConfig, 'sites' | 'sources'> & Partial<Pick<CollectorConfig, 'sites' | 'sources'>>
type Context = PartContext<Config>

const purgeEveryMs = 600_000

function parseConfig(value: unknown): Config {
  const config = isJsonObject(value) ? value : {}
  const numbers = ['retentionMs', 'memoryBytes', 'indexBytes']
  if (config['v'] !== 1 || numbers.some((key) => typeof config[key] !== 'number'))
    throw new Error('not a compiled collector configuration')
  return value as Config // written by our own compiler; every field that is used is checked above
}

/** The follower behind ids, live tail and status: it needs no database, so that none of them stops with it. */
function createLiveFollower(
  segments: string,
  parts: { ids: IdIndex; tail: LiveTail; status: PartStatusBook; context: Context; reveal: RevealLine },
): SegmentFollower {
  const { ids, tail, status, context, reveal } = parts
  let caughtUp = false
  const take = (line: SegmentLine): void => {
    const text = reveal(Buffer.from(line.bytes).toString('utf8'))
    const event = parse(text)
    if (event === undefined) return
    ids.add(event, { segment: line.segment, offset: line.offset, length: line.bytes.length })
    status.take(event)
    // What was there before the start is history, not news.
    if (caughtUp) tail.push(event, text)
  }
  return new SegmentFollower({
    folder: segments,
    position: ids.startPosition(),
    onLines: (lines) => {
      for (const line of lines) take(line)
    },
    onCaughtUp: () => {
      caughtUp = true
    },
    onLost: () => {
      // Retention went past us, or the log is another one: ids are made again from what is there.
      ids.clear()
      return ids.startPosition()
    },
    onDamaged: ({ segment }) => context.log.error('segment-damaged', { segment }),
    onError: (error) => context.log.error('log-unreadable', { error }),
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Named by the ledger's verification; there is nothing to find in it.
    return undefined
  }
}

function startPurging(context: Context, index: IndexFeed, beside: readonly string[]): { stop(): void } {
  const { clock, config, log } = context
  return repeat({
    clock,
    everyMs: purgeEveryMs,
    run: async () => {
      const room = databaseRoom(config.indexBytes, besideBytes(beside))
      const removed = await index.purge(clock.now() - config.retentionMs, room)
      if (removed > 0) log.info('index-purged', { removed })
    },
    onError: (error) => log.error('purge-failed', { error }),
  })
}

/** Importers and sources are loaded only where there is something to read with them. */
async function openForeignLogs(
  sources: CollectorConfig['sources'],
  context: Context,
): Promise<ForeignLogs | undefined> {
  if (sources.length === 0) return undefined
  return (await import('./sources/foreign-logs.ts')).followForeignLogs(sources, context)
}

async function start(context: Context): Promise<RunningLayer<Config>> {
  const { config, dataDir, rootDir, log, metrics, clock } = context
  const ledger = join(rootDir, 'ledger')
  const segments = join(ledger, 'segments')
  const reveal = openReveal(ledger, () => clock.now())
  const beside = { ids: join(dataDir, 'ids'), words: join(dataDir, 'words') }
  const ids = new IdIndex({ folder: beside.ids, segments })
  const [tail, status] = [new LiveTail(), new PartStatusBook()]
  const follower = createLiveFollower(segments, { ids, tail, status, context, reveal })
  const aggregated = new Set(
    (config.sites ?? []).filter((site) => site.accessEvents === 'aggregate').map((site) => site.name),
  )
  const path = join(dataDir, 'index.duckdb')
  const words = new SegmentWords(beside.words)
  const { memoryBytes } = config
  const index = new IndexFeed({ path, memoryBytes, ledger, aggregated, words, reveal, log, metrics })
  const now = (): number => clock.now()
  const foreign = await openForeignLogs(config.sources ?? [], context)
  const sources = (): readonly ForeignLogState[] => foreign?.states() ?? []
  const searches = new SavedSearches(join(dataDir, 'searches.json'), now)
  const followed = (): number => follower.position.index
  const api = new Api({
    ids,
    tail,
    status,
    index,
    words,
    ledger,
    reveal,
    now,
    log,
    followed,
    sources,
    searches,
  })
  const server = createServer({ maxHeaderSize: 16_384, headersTimeout: 5_000, requestTimeout: 15_000 })
  server.on('request', (request, response) => api.handle(request, response))
  await listenOnSocket(server, join(dataDir, 'api.sock'))
  // Neither is waited for: a long log must not delay the start, and what is not read yet is a lag, not an error.
  void follower.start() // errors go to onError
  await index.start()
  const purging = startPurging(context, index, Object.values(beside))
  const erasing = startErasing(context, ledger, index)
  return {
    selfTest: async () => {
      const rows = index.isOpen ? await index.query('SELECT 1 AS one', []) : []
      return { ok: true, details: { index: rows.length === 1, entries: index.entries } }
    },
    stop: async () => {
      purging.stop()
      erasing.stop()
      await foreign?.close()
      tail.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await Promise.all([follower.close(), index.close()])
    },
  }
}

/**
 * The collector as a part of the house: it answers questions about the ledger and changes nothing there. Logs of other programs it
 * brings in as any layer does: as signed events of its own spool.
 */
export const collectorLayer: Layer<Config> = defineLayer({
  name: 'collector',
  parseConfig,
  spoolBytes: (config) => config.spoolBytes,
  start,
})
