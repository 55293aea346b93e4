import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '@sevenfold/layer'
import { createMemoryLog, createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { IndexFeed } from '../src/index-store/index-feed.ts'
import { SegmentWords } from '../src/words/segment-words.ts'
import { TestWriter, createBuilder, openLog, requestFacts } from './fixtures.ts'

let folder: TemporaryFolder
beforeEach(() => {
  folder = createTemporaryFolder()
})
afterEach(() => folder.remove())

function feedAt(path: string): IndexFeed {
  return new IndexFeed({
    path,
    memoryBytes: 67_108_864,
    ledger: join(folder.path, 'ledger'),
    aggregated: new Set(),
    words: new SegmentWords(join(folder.path, 'words')),
    reveal: (line) => line,
    log: createMemoryLog(),
    metrics: createMetrics(),
  })
}

async function until(test: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!test()) {
    if (performance.now() > deadline) throw new Error('still waiting')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const count = async (feed: IndexFeed): Promise<number> =>
  Number((await feed.query('SELECT count(*) AS n FROM events', []))[0]?.['n'])

describe('the feed of the index', () => {
  it('says that it cannot answer while the database cannot be opened, and opens it when that is mended', async () => {
    const feed = feedAt(join(folder.path, 'missing', 'index.duckdb'))
    await feed.start()
    expect(feed.isOpen).toBe(false)
    await expect(feed.query('SELECT 1', [])).rejects.toMatchObject({ code: 'COLLECTOR_INDEX_UNAVAILABLE' })
    mkdirSync(join(folder.path, 'missing'))
    await until(() => feed.isOpen)
    await feed.close()
  })

  it('begins anew when the log is another one', async () => {
    const write = async (events: number): Promise<void> => {
      const log = await openLog(folder.path)
      const builder = createBuilder(() => Date.now())
      const writer = new TestWriter(log)
      for (let i = 0; i < events; i += 1) await writer.append(builder.access(requestFacts()))
      await log.close()
    }
    await write(20)
    const path = join(folder.path, 'index.duckdb')
    const first = feedAt(path)
    await first.start()
    await until(() => first.entries === 20)
    await first.close()
    const other = folder
    folder = createTemporaryFolder()
    await write(5)
    const second = feedAt(path)
    await second.start()
    await until(() => second.entries === 5)
    expect(await count(second)).toBe(5)
    await second.close()
    other.remove()
  })

  it('removes what is older than it may keep', async () => {
    const log = await openLog(folder.path)
    const old = createBuilder(() => Date.parse('2026-01-01T00:00:00Z'))
    const young = createBuilder(() => Date.parse('2026-01-31T00:00:00Z'))
    const writer = new TestWriter(log)
    for (let i = 0; i < 5; i += 1)
      await writer.append(old.access(requestFacts()), young.access(requestFacts()))
    const feed = feedAt(join(folder.path, 'index.duckdb'))
    await feed.start()
    await until(() => feed.entries === 10)
    expect(await feed.purge(Date.parse('2026-01-02T00:00:00Z'), 1_000_000_000)).toBe(5)
    expect(await count(feed)).toBe(5)
    expect(await feed.purge(0, 1)).toBeGreaterThanOrEqual(0)
    await feed.close()
    await log.close()
  })
})
