import { request } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from '@sevenfold/testkit'
import type { TemporaryFolder } from '@sevenfold/testkit'
import { maxSearchBytes } from '../src/api/search-routes.ts'
import { maxSavedSearches, SavedSearches } from '../src/searches/saved-searches.ts'
import { openLog } from './fixtures.ts'
import { startCollector } from './house.ts'
import type { House } from './house.ts'

let folder: TemporaryFolder
let house: House
beforeEach(async () => {
  folder = createTemporaryFolder()
  const log = await openLog(folder.path)
  await log.close()
  house = await startCollector(folder.path)
})
afterEach(async () => {
  await house.stop()
  folder.remove()
})

function ask(method: string, path: string, body?: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: house.socket, method, path, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as unknown }))
    })
    call.on('error', reject)
    call.end(body)
  })
}
const save = (name: string, query: string, actor = 'ana') =>
  ask('POST', '/v1/searches', JSON.stringify({ name, query, actor }))

describe('searches that people keep', () => {
  it('are listed by name, replaced, removed, and there after a restart', async () => {
    expect(await save('logins', 'kind:authentication')).toMatchObject({
      status: 200,
      body: { name: 'logins' },
    })
    await save('blocks of today', 'kind:access')
    await save('blocks of today', 'kind:block')
    await house.stop()
    house = await startCollector(folder.path)
    expect((await ask('GET', '/v1/searches')).body).toMatchObject({
      searches: [
        { name: 'blocks of today', query: 'kind:block', actor: 'ana' },
        { name: 'logins', query: 'kind:authentication' },
      ],
    })
    expect((await ask('DELETE', '/v1/searches/blocks%20of%20today')).status).toBe(200)
    expect((await ask('DELETE', '/v1/searches/blocks%20of%20today')).status).toBe(404)
  })

  it.each([
    ['a filter that cannot be read', '{"name":"a","query":"(","actor":"ana"}'],
    ['a name that is none', '{"name":"../a","query":"","actor":"ana"}'],
    ['nobody who saves it', '{"name":"a","query":"","actor":""}'],
    ['no JSON', '{'],
    ['too much', JSON.stringify({ name: 'a', query: 'x'.repeat(maxSearchBytes), actor: 'ana' })],
  ])('are refused with %s', async (_what, body) => {
    expect((await ask('POST', '/v1/searches', body)).status).toBe(400)
    expect((await ask('GET', '/v1/searches')).body).toEqual({ searches: [] })
  })

  it('may not be changed by another method', async () => {
    expect((await ask('PUT', '/v1/searches')).status).toBe(405)
  })
})

it('so many searches are kept and no more, and a damaged file is an empty one', () => {
  const path = join(folder.path, 'searches.json')
  writeFileSync(path, '{')
  const searches = new SavedSearches(path, () => 0)
  for (let i = 0; i < maxSavedSearches; i += 1) searches.save({ name: `s${i}`, query: '', actor: 'ana' })
  expect(() => searches.save({ name: 'more', query: '', actor: 'ana' })).toThrow('kept already')
  expect(searches.save({ name: 's0', query: 'kind:block', actor: 'ana' }).query).toBe('kind:block')
})
