import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'
import { edgeIsBuilt, LoneEdge } from './lone-edge.ts'

const sql = "1'%20UNION%20SELECT%20password%20FROM%20users--%20-"

let folder: string
let edge: LoneEdge | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-explain-'))
  mkdirSync(join(folder, 'own'))
})
afterEach(async () => {
  await edge?.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** What explain prints as the least exclusions of a request, as one would copy it. */
async function exclusionsOf(uri: string): Promise<string> {
  const line = JSON.stringify({
    id: 'a',
    method: 'GET',
    uri,
    headers: { Host: 'shop', 'User-Agent': 'test' },
  })
  const { stdout } = await call(['waf', 'explain'], folder, `${line}\n`)
  const found = stdout.split('\n').flatMap((text) => text.split('least exclusion: ').slice(1))
  expect(found.length).toBeGreaterThan(0)
  return `${found.join('\n')}\n`
}

describe.skipIf(!edgeIsBuilt)('an exclusion made from explain, at a running edge (needs a build)', () => {
  it.each(['/search', '/a.b/c-d', '/a%20b'])(
    'lets that parameter of %s pass, and nothing else',
    async (path) => {
      writeFileSync(join(folder, 'own', 'exclusions.conf'), await exclusionsOf(`${path}?q=${sql}`))
      edge = await LoneEdge.prepare(folder, `{ workers: 1, rules: ["${join(folder, 'own')}", builtin] }`)
      await edge.start()
      expect(await edge.statuses(`${path}?q=${sql}`)).toEqual([200])
      expect(await edge.statuses(`${path}?p=${sql}`)).toEqual([403])
      expect(await edge.statuses(`/else?q=${sql}`)).toEqual([403])
      expect(await edge.statuses(`${path}?q=%3Cscript%3Ealert(1)%3C/script%3E`)).toEqual([403])
    },
  )
})
