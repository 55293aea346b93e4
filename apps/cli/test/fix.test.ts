import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as ask } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileConfig, loadConfig } from '@sevenfold/config'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'
import { startFakePart } from './fake-part.ts'

const edgeMain = fileURLToPath(new URL('../dist/main.js', import.meta.resolve('@sevenfold/edge')))
const built = existsSync(edgeMain)
const sql = "1'%20UNION%20SELECT%20password%20FROM%20users--%20-"

let folder: string
let upstream: Server
let edge: ChildProcess
let port: number

const data = (): string => join(folder, 'data')
const why = ['--reason', 'a search for SQL']
const fix = (...args: string[]) => call(['fix', ...args, '--data', data()], folder)

async function start(): Promise<void> {
  edge = spawn(process.execPath, [edgeMain], {
    env: { ...process.env, SEVENFOLD_DATA: data() },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const [message] = (await once(edge, 'message')) as [{ listen: { url: string }[] }]
  port = Number(new URL(message.listen[0]?.url ?? '').port)
}

async function stop(): Promise<void> {
  if (edge.exitCode !== null) return
  const exit = once(edge, 'exit')
  edge.kill('SIGTERM')
  await exit
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sf-fix-'))
  upstream = createServer((_request, response) => void response.end('hello'))
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const upstreamPort = (upstream.address() as AddressInfo).port
  const file = join(folder, 'sevenfold.yaml')
  writeFileSync(
    file,
    `version: 1
data: ./data
sites:
  - name: shop
    listen: 127.0.0.1:7701
    upstream: http://127.0.0.1:${upstreamPort}
    hosts: ["*"]
    mode: enforce
edge: { workers: 2 }
`,
  )
  const read = await loadConfig(file)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const text = JSON.stringify(compileConfig(read.config, folder).parts.edge).replaceAll('7701', '0')
  mkdirSync(join(data(), 'edge'), { recursive: true, mode: 0o700 })
  writeFileSync(join(data(), 'edge', 'config.json'), text)
})

afterEach(async () => {
  await stop()
  upstream.closeAllConnections()
  await new Promise((resolve) => upstream.close(resolve))
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

interface Got {
  readonly status: number
  readonly id: string
}

function visit(path: string, localAddress = '127.0.0.1'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const headers = { accept: '*/*', 'user-agent': 'test' }
    const sent = ask({ host: '127.0.0.1', port, path, localAddress, headers, agent: false })
    sent.once('error', reject)
    sent.once('response', (response) => {
      response.resume()
      const id = String(response.headers['x-request-id'] ?? '')
      resolve({ status: response.statusCode ?? 0, id })
    })
    sent.end()
  })
}

async function statuses(path: string, localAddress?: string): Promise<number[]> {
  const seen = new Set<number>()
  for (let i = 0; i < 4; i += 1) seen.add((await visit(path, localAddress)).status)
  return [...seen]
}

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

describe.skipIf(!built)('sevenfold fix with nothing but the edge (needs a build)', () => {
  it('lets the same request pass, and no other, until its time is over', async () => {
    await start()
    const { status, id } = await visit(`/search?q=${sql}`)
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
    await start()
    const { id } = await visit(`/a%20b?q=${sql}`)
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
    await start()
    const { status, id } = await visit('/', '127.0.0.6')
    expect(status).toBe(403)
    await stop()
    const detection = await startFakePart(join(data(), 'detection', 'api.sock'), ({ method }) =>
      method === 'DELETE' ? [200, {}] : [200, [decision, { ...decision, id: 18, value: '127.0.0.7' }]],
    )
    const out = await fixed(id)
    await detection.close()
    expect(out).toMatch(/no ban of 127\.0\.0\.6 until .*\ndecisions ended: 1\nwaits for the edge\n$/)
    expect(detection.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/decisions',
      'DELETE /v1/decisions/17',
    ])
    await start()
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
