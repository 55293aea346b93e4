import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'
import { startFakePart } from './fake-part.ts'
import { edgeIsBuilt, LoneEdge } from './lone-edge.ts'

const sql = "1'%20UNION%20SELECT%20password%20FROM%20users--%20-"

let folder: string
let edge: LoneEdge

const data = (): string => join(folder, 'data')
const why = ['--reason', 'a search for SQL']
const fix = (...args: string[]) => call(['fix', ...args, '--data', data()], folder)
const statuses = (path: string, localAddress?: string): Promise<number[]> => edge.statuses(path, localAddress)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sf-fix-'))
  edge = await LoneEdge.prepare(folder, '{ workers: 2 }')
})

afterEach(async () => {
  await edge.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 15_000
  for (;;) {
    const value = await look()
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error(`timed out: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A block reaches the spool within its 200 ms; until then it is not known. */
async function fixed(id: string, ...args: string[]): Promise<string> {
  return await until('the fix', async () => {
    const { stdout, stderr, code } = await fix(id, ...why, ...args)
    if (code === 0) return stdout
    if (!stderr.includes('no block of request')) throw new Error(stderr)
    return undefined
  })
}

describe.skipIf(!edgeIsBuilt)('sevenfold fix with nothing but the edge (needs a build)', () => {
  it('lets the same request pass, and no other, until its time is over', async () => {
    await edge.start()
    const { status, id } = await edge.visit(`/search?q=${sql}`)
    expect(status).toBe(403)
    const out = await fixed(id, '--for', '6s')
    expect(out).toMatch(
      /^fix-[0-9a-f]{8}: rule 770201 leaves ARGS:q of \/search on shop alone until .*Z\nin force\n$/,
    )
    expect(await statuses(`/search?q=${sql}`)).toEqual([200])
    expect(await statuses(`/search?p=${sql}`)).toEqual([403])
    expect(await statuses(`/else?q=${sql}`)).toEqual([403])
    expect((await fix('--list')).stdout).toMatch(/in force +rule 770201 leaves ARGS:q of \/search/)
    await until('the end', async () => ((await fix('--list')).stdout.includes('ended') ? true : undefined))
    await until('blocked again', async () =>
      (await statuses(`/search?q=${sql}`)).includes(200) ? undefined : true,
    )
  }, 60_000)

  it('is taken back by the id of the request', async () => {
    await edge.start()
    const { id } = await edge.visit(`/a%20b?q=${sql}`)
    await fixed(id)
    expect(await statuses(`/a%20b?q=${sql}`)).toEqual([200])
    expect(await fix('--remove', id)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^fix-.*: taken back, in force\n$/),
    })
    expect(await statuses(`/a%20b?q=${sql}`)).toEqual([403])
    expect(await fix('--remove', id)).toMatchObject({ code: 1, stdout: '' })
  }, 60_000)

  it('lifts a ban, ends its decision where detection runs, and waits for an edge that is down', async () => {
    const decision = {
      id: 17,
      type: 'ban',
      scope: 'ip',
      value: '127.0.0.6',
      duration: '1h0m0s',
      until: new Date(Date.now() + 3_600_000).toISOString(),
      origin: 'sevenfold',
      scenario: 'test/many-403',
    }
    const copy = join(data(), 'edge', 'decisions.json')
    writeFileSync(copy, JSON.stringify({ version: 1, add: [decision], remove: [] }))
    await edge.start()
    const { status, id } = await edge.visit('/', '127.0.0.6')
    expect(status).toBe(403)
    await edge.stop()
    const detection = await startFakePart(join(data(), 'detection', 'api.sock'), ({ method }) =>
      method === 'DELETE' ? [200, {}] : [200, [decision, { ...decision, id: 18, value: '127.0.0.7' }]],
    )
    const out = await fixed(id)
    await detection.close()
    expect(out).toMatch(/no ban of 127\.0\.0\.6 until .*\ndecisions ended: 1\nwaits for the edge\n$/)
    expect(detection.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/decisions?value=127.0.0.6&limit=10000&after=0',
      'DELETE /v1/decisions/17',
    ])
    await edge.start()
    expect(readFileSync(copy, 'utf8')).toContain('127.0.0.6')
    expect(await statuses('/', '127.0.0.6')).toEqual([200])
    expect(await statuses(`/?q=${sql}`, '127.0.0.6')).toEqual([403])
  }, 60_000)
})

describe('sevenfold fix', () => {
  const usage: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['nothing to do', [], /name one request/],
    ['two things at once', ['0197a2b4', '--list'], /name one request/],
    ['no reason', ['0197a2b4'], /--reason must say why/],
    ['a reason over 500 characters', ['0197a2b4', '--reason', 'x'.repeat(501)], /--reason/],
    ['a time under a second', ['0197a2b4', ...why, '--for', '999ms'], /1s to 90d/],
    ['a time over 90 days', ['0197a2b4', ...why, '--for', '91d'], /1s to 90d/],
    ['an id that is none', ['../../etc', ...why], /request id/],
  ]
  for (const [name, args, message] of usage) {
    it(`refuses ${name}`, async () => {
      const { stderr, code } = await fix(...args)
      expect(code).toBe(2)
      expect(stderr).toMatch(message)
    })
  }

  it('says when a request is not known, and when there are no fixes', async () => {
    expect(await fix('0197a2b4', ...why)).toMatchObject({ code: 1 })
    expect(await fix('--list')).toEqual({ stdout: 'no fixes\n', stderr: '', code: 0 })
  })

  it('says where a faulty file is faulty and leaves it as it is', async () => {
    const path = join(data(), 'edge', 'exclusions.json')
    writeFileSync(path, '{"v":1,"entries":[{}]}')
    expect(await fix('--list')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('entry 1: id is no text'),
    })
    expect(await fix('--remove', 'fix-00000000')).toMatchObject({ code: 3 })
    expect(readFileSync(path, 'utf8')).toBe('{"v":1,"entries":[{}]}')
  })
})
