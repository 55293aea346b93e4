import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { maxLongAnswers } from '../src/api/decision-routes.ts'
import { ask, createTemporaryFolder, startHouse } from './house.ts'
import type { House } from './house.ts'
import { until } from './namespaces.ts'

let folder: TemporaryFolder
let house: House
let readers: Socket[]
beforeEach(async () => {
  readers = []
  folder = createTemporaryFolder()
  house = await startHouse(folder.path)
})
afterEach(async () => {
  for (const reader of readers) reader.destroy()
  await house.stop()
  folder.remove()
})

it('readers that do not read hold up nobody: deltas go on, and more long answers are refused at once', async () => {
  // Far more than the buffers of a connection hold.
  for (let part = 0; part < 2; part += 1) {
    const decisions = Array.from({ length: 20_000 }, (_, i) => ({ value: `45.${part}.${i >> 8}.${i & 255}` }))
    const body = { decisions }
    expect((await ask(house.socket, { method: 'POST', path: '/v1/decisions/import', body })).status).toBe(201)
  }
  const added = await ask(house.socket, { method: 'POST', path: '/v1/bouncers', body: { name: 'nginx' } })
  const { key } = JSON.parse(added.body) as { key: string }
  const headers = { 'x-api-key': key }
  const stream = (startup: boolean): Promise<{ status: number; body: string }> =>
    ask(house.url, { path: `/v1/decisions/stream?startup=${startup}`, headers })
  // This one has read everything, and has its place.
  expect((await stream(true)).status).toBe(200)
  const { port, hostname } = new URL(house.url)
  for (let i = 0; i < maxLongAnswers; i += 1) {
    const reader = createConnection(Number(port), hostname)
    reader.on('error', () => undefined)
    reader.pause()
    reader.write(
      `GET /v1/decisions/stream?startup=true HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${key}\r\n\r\n`,
    )
    readers.push(reader)
  }
  // Once all of them are being answered, the next is one too many; others of 30 s are cut off by then at the earliest.
  let refused = { status: 0, body: '' }
  const isFull = async (): Promise<boolean> => {
    refused = await stream(true)
    return refused.status === 503
  }
  expect(await until(isFull, 25_000)).toBe(true)
  expect(refused.body).toContain('too many long answers')
  await ask(house.socket, { method: 'POST', path: '/v1/decisions', body: { value: '198.18.0.1' } })
  const delta = await stream(false)
  expect(delta.status).toBe(200)
  expect((JSON.parse(delta.body) as { new: { value: string }[] }).new.map(({ value }) => value)).toEqual([
    '198.18.0.1',
  ])
  expect((await ask(house.url, { path: '/v1/decisions?ip=198.18.0.1', headers })).status).toBe(200)
  for (const reader of readers) reader.destroy()
  expect(await until(async () => (await stream(true)).status === 200, 60_000)).toBe(true)
}, 150_000)
