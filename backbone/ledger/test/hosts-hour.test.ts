import { afterEach, expect, it } from 'vitest'
import { readHostFiles, startPart } from '@sevenfold/layer'
import { join } from 'node:path'
import { createFakeClock, createMemoryLog } from '@sevenfold/testkit'
import { HostsHouse, until } from './hosts-house.ts'

/** Events a minute of the hour: a few as a test, many as the drill of `npm run conformance:hosts`. */
const perMinute = process.env['SEVENFOLD_CONFORMANCE'] === 'full' ? 200 : 6
const house = new HostsHouse()
afterEach(() => house.close())

// The clock of the host is moved by hand: what waits for time (retries, beats, renewals, leases) sees the whole hour.
it('a host keeps every event of an hour without its backbone, and then sends each once', async () => {
  await house.start()
  const dataDir = await house.joined('web2')
  const clock = createFakeClock(Date.now())
  const edge = await startPart<object>({
    part: 'edge',
    dataDir,
    config: {},
    receivers: [{ name: 'ledger', socketPath: join(dataDir, 'ledger', 'ingest.sock') }],
    clock,
    log: createMemoryLog(),
  })
  house.later(() => edge.stop())
  // Work that waits for the clock and for the network goes on together.
  const empties = async (): Promise<boolean> => {
    await clock.advanceAsync(100)
    return edge.spool.reader('ledger').backlog() === 0
  }
  edge.emit(edge.events.notice('before', 'before'))
  await until(
    'the first event is there',
    async () => (await empties()) && (await house.messages()).includes('before'),
  )
  await house.stop()
  for (let minute = 0; minute < 60; minute += 1) {
    for (let n = 0; n < perMinute; n += 1)
      edge.emit(edge.events.notice(`away-${minute}-${n}`, `away ${minute} ${n}`))
    clock.advance(59_900)
    await clock.advanceAsync(100)
  }
  await edge.spool.flush()
  expect(edge.spool.reader('ledger').backlog()).toBeGreaterThanOrEqual(60 * perMinute)
  await house.start()
  await until('all of it is there', empties)
  const away = (await house.messages()).filter((text) => text.startsWith('away '))
  const lost = 60 * perMinute - new Set(away).size
  process.stdout.write(
    `an hour without the backbone: ${60 * perMinute} events, ${lost} lost, ${away.length - new Set(away).size} doubled\n`,
  )
  expect(away).toHaveLength(60 * perMinute)
  expect(lost).toBe(0)
  expect(readHostFiles(join(dataDir, 'edge'))?.certificate.identity.host).toBe('web2')
}, 240_000)
