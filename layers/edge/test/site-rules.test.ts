import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askControl } from '@sevenfold/layer'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EdgeFolder, EdgeProcess, edgeConfig, edgeMain, siteConfig } from './support/edge-process.ts'
import { askOnce, getRequest } from './support/raw-client.ts'
import { RawUpstream } from './support/raw-upstream.ts'

const built = existsSync(edgeMain)
const sql = "1'%20UNION%20SELECT%20password%20FROM%20users--%20-"

let folder: EdgeFolder
let upstream: RawUpstream
let edge: EdgeProcess | undefined

beforeEach(async () => {
  folder = new EdgeFolder()
  upstream = await RawUpstream.start()
})

afterEach(async () => {
  await edge?.stop()
  await upstream.close()
  folder.remove()
  edge = undefined
})

async function statusOf(port: number, target: string): Promise<number> {
  const headers = 'User-Agent: test\r\nAccept: */*\r\nConnection: close\r\n'
  return (await askOnce(port, getRequest(target, headers))).status
}

/** Rules that refuse SQL (as the self-test of the edge asks) and one word of their own. */
function ownRules(name: string, word: string): string {
  const path = join(folder.path, name)
  mkdirSync(path)
  writeFileSync(
    join(path, 'own.conf'),
    `SecRuleEngine On\nSecRule ARGS "@detectSQLi" "id:1,phase:1,deny,status:403"\nSecRule ARGS "@streq ${word}" "id:2,phase:1,deny,status:403"\n`,
  )
  return path
}

describe.skipIf(!built)('sites with rules of their own (needs a build)', () => {
  it('judge by different rules in one edge', async () => {
    folder.configure(
      edgeConfig([
        siteConfig('shop', upstream.port),
        siteConfig('word', upstream.port, { rules: [ownRules('strict', 'forbidden')] }),
        siteConfig('open', upstream.port, { rules: [] }),
        siteConfig('search', upstream.port, {
          exclusions: [{ rule: 770201, path: '/search', variable: 'ARGS:q' }],
        }),
      ]),
    )
    edge = await EdgeProcess.start(folder)
    const running = edge
    const statuses = async (target: string): Promise<number[]> =>
      await Promise.all([0, 1, 2, 3].map((site) => statusOf(running.portOf(site), target)))
    expect(await statuses('/?q=innocent')).toEqual([200, 200, 200, 200])
    expect(await statuses('/?q=forbidden')).toEqual([200, 403, 200, 200])
    expect(await statuses(`/search?q=${sql}`)).toEqual([403, 403, 200, 200])
    expect(await statuses(`/search?p=${sql}`)).toEqual([403, 403, 200, 403])
    expect(await statuses(`/other?q=${sql}`)).toEqual([403, 403, 200, 403])
  }, 30_000)

  // That a reload drops no request is shown in edge-process.test.ts.
  it('get other rules by a reload', async () => {
    const spare = await RawUpstream.start()
    const listen = { host: '127.0.0.1', port: spare.port }
    await spare.close()
    const configure = (rules: readonly string[]): void =>
      folder.configure(edgeConfig([siteConfig('shop', upstream.port, { listen, rules })]))
    configure([ownRules('first', 'one')])
    const second = ownRules('second', 'two')
    edge = await EdgeProcess.start(folder)
    const { port } = edge
    expect([await statusOf(port, '/?q=one'), await statusOf(port, '/?q=two')]).toEqual([403, 200])
    configure([second])
    const path = join(folder.path, 'edge', 'control.sock')
    expect(await askControl(path, { id: '1', op: 'reload', actor: 'test' })).toMatchObject({ ok: true })
    expect([await statusOf(port, '/?q=one'), await statusOf(port, '/?q=two')]).toEqual([200, 403])
  }, 30_000)

  it('take new contents of their files by a reload, and keep the old ones when those judge nothing', async () => {
    const spare = await RawUpstream.start()
    const listen = { host: '127.0.0.1', port: spare.port }
    await spare.close()
    const rules = ownRules('own', 'one')
    folder.configure(edgeConfig([siteConfig('shop', upstream.port, { listen, rules: [rules] })]))
    edge = await EdgeProcess.start(folder)
    const { port } = edge
    const path = join(folder.path, 'edge', 'control.sock')
    const file = join(rules, 'own.conf')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('@streq one', '@streq two'))
    expect(await askControl(path, { id: '1', op: 'reload', actor: 'test' }, 60_000)).toMatchObject({
      ok: true,
    })
    expect([await statusOf(port, '/?q=one'), await statusOf(port, '/?q=two')]).toEqual([200, 403])
    writeFileSync(file, text.replace('@detectSQLi', '@streq nothing').replace('@streq one', '@streq three'))
    const refused = await askControl(path, { id: '2', op: 'reload', actor: 'test' }, 60_000)
    expect(refused.ok).toBe(false)
    expect(JSON.stringify(refused)).toContain('lets attacks pass')
    const statuses = await Promise.all(
      ['two', 'three', 'two', 'three'].map((q) => statusOf(port, `/?q=${q}`)),
    )
    expect(statuses).toEqual([403, 200, 403, 200])
    expect(edge.workers()).toHaveLength(2)
  }, 60_000)
})
