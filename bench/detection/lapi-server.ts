// The Local API in a process of its own, over a data folder that is given: a store with as many decisions as asked for.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { detectionLayer } from '@sevenfold/detection'
import { startLayer } from '@sevenfold/layer'
import type { Logger } from '@sevenfold/layer'

const [dataDir = '', count = '0'] = process.argv.slice(2)
const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

function* records(): Generator<string> {
  const untilMs = Date.now() + 86_400_000
  for (let i = 1; i <= Number(count); i += 1) {
    const value =
      i % 10 === 0
        ? `2001:db8:${(i >> 16).toString(16)}:${(i & 65_535).toString(16)}::1`
        : `11.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`
    const uuid = `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`
    // As many ends as a list that grew over months has.
    const decision = {
      id: i,
      uuid,
      type: 'ban',
      scope: 'ip',
      value,
      untilMs: untilMs + (i % 5_000) * 60_000,
      origin: 'lists',
      scenario: `list-${i % 40}`,
      simulated: false,
    }
    yield `${JSON.stringify({ op: 'add', decision })}\n`
  }
}

writeFileSync(join(dataDir, 'detection', 'decisions.ndjson'), [...records()].join(''), { mode: 0o600 })
const before = performance.now()
const layer = await startLayer(detectionLayer, { dataDir, log: silent })
process.send?.({ url: layer.listening[0]?.url, startMs: performance.now() - before })
process.on('message', (question) => {
  if (question === 'memory') process.send?.({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() })
})
process.once('SIGTERM', () => {
  void layer.stop().then(() => process.exit(0))
})
