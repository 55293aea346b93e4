import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { runProveCommand } from '../src/index.ts'
import { makeProbes } from '../src/target/make-probes.ts'
import { runTarget, tokenEvery } from '../src/target/run-target.ts'
import type { TargetOptions } from '../src/target/run-target.ts'
import { ScopeError, tokenPath } from '../src/target/scope.ts'
import { askTarget, bodyText, maxTargetAnswerBytes } from '../src/target/target-client.ts'
import { targetMarkdown } from '../src/target/target-report.ts'

const token = 'proof-of-the-owner-0001'
const folder = mkdtempSync(join(tmpdir(), 'prove-target-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Site {
  readonly server: Server
  readonly port: number
  readonly seen: string[]
}

let site: Site | undefined
afterEach(async () => {
  site?.server.closeAllConnections()
  await new Promise((resolve) => (site === undefined ? resolve(undefined) : site.server.close(resolve)))
  site = undefined
})

/** A site with a filter that knows one word; `leave` says how often it serves the token. */
async function startSite(leave = Infinity): Promise<Site> {
  const seen: string[] = []
  let tokens = 0
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    seen.push(url)
    response.setHeader('x-request-id', `r${seen.length}`)
    if (url === tokenPath) return void response.writeHead(tokens++ < leave ? 200 : 404).end(`${token}\n`)
    response.writeHead(/union/i.test(decodeURIComponent(url)) && !url.includes('members') ? 403 : 200)
    response.end('fine')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  site = { server, port: (server.address() as AddressInfo).port, seen }
  return site
}

function optionsFor(port: number): TargetOptions {
  const scope = {
    url: new URL(`http://127.0.0.1:${port}`),
    allowedHosts: ['127.0.0.1'],
    token,
    rate: 1000,
    page: '/',
    post: undefined,
  }
  return { scope, probes: makeProbes(scope) }
}

describe('runTarget', () => {
  it('tells refused and missed apart by answers alone, and says that it knows no layer', async () => {
    const { port } = await startSite()
    const proof = await runTarget(optionsFor(port))
    const outcomes = new Map(proof.document.attacks.map(({ id, cells }) => [id, cells.all.outcome]))
    expect(outcomes.get('site-sql-union')).toBe('stopped')
    expect(outcomes.get('site-xss-script')).toBe('missed')
    expect(proof.document.attacks[0]?.cells).not.toHaveProperty('alone')
    expect(targetMarkdown(proof)).toContain('no ledger here')
    expect(targetMarkdown(proof)).not.toContain(token)
  })

  it('takes the word of the ledger by the id of the request', async () => {
    const { port } = await startSite()
    const judgements: TargetOptions['judgements'] = () =>
      Promise.resolve([
        { column: 'edge', verdict: 'stopped', at: 0, address: undefined, traces: ['r5'], reason: 'waf' },
      ])
    const options = optionsFor(port)
    const proof = await runTarget({ ...options, probes: options.probes.slice(0, 2), judgements })
    expect(proof.document.attacks.map(({ cells }) => cells.all.layers)).toEqual([[], ['edge']])
  })

  it('sends nothing but the question for the token to a site that does not say it', async () => {
    const { port, seen } = await startSite(0)
    await expect(runTarget(optionsFor(port))).rejects.toThrow(ScopeError)
    expect(seen).toEqual([tokenPath])
  })

  it('stops when the token is taken away meanwhile', async () => {
    const { port, seen } = await startSite(1)
    await expect(runTarget(optionsFor(port))).rejects.toThrow('does not say the token')
    expect(seen).toHaveLength(tokenEvery + 1)
  })

  it('stops at once by its signal and reports what it has', async () => {
    const { port } = await startSite()
    const controller = new AbortController()
    const proof = await runTarget({
      ...optionsFor(port),
      signal: controller.signal,
      onProgress: ({ done }) => done === 3 && controller.abort(),
    })
    expect(proof.isStopped).toBe(true)
    expect(proof.rows).toHaveLength(3)
    expect(targetMarkdown(proof)).toContain('Stopped by hand')
  })
})

describe('askTarget', () => {
  it('reads no more than its limit', async () => {
    const server = createServer((_request, response) => response.end('x'.repeat(maxTargetAnswerBytes * 4)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    site = { server, port: (server.address() as AddressInfo).port, seen: [] }
    const answer = await askTarget({ url: new URL(`http://127.0.0.1:${site.port}`) }, { path: '/' })
    expect(answer.status).toBe(200)
    expect(answer.text.length).toBeLessThan(maxTargetAnswerBytes * 2)
  })

  it('rejects when nobody listens', async () => {
    await expect(askTarget({ url: new URL('http://127.0.0.1:1') }, { path: '/' })).rejects.toThrow(
      'ECONNREFUSED',
    )
  })
})

describe('bodyText', () => {
  it('joins the chunks of a body', () => {
    const answer = { status: 200, headers: { 'transfer-encoding': 'chunked' }, ms: 0 }
    expect(bodyText({ ...answer, text: '3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n' })).toBe('abcde')
    expect(bodyText({ ...answer, text: 'no chunks' })).toBe('')
  })
})

describe('sevenfold prove --target', () => {
  const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
    let [out, err] = ['', '']
    const code = await runProveCommand(args, {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
    })
    return { code, out, err }
  }

  it('prints the scope and ends with 1 when something is missed', async () => {
    const { port } = await startSite()
    const file = join(folder, 'token.txt')
    writeFileSync(file, token)
    const url = `http://127.0.0.1:${port}`
    const { code, out } = await run(
      '--target',
      url,
      '--allow-host',
      '127.0.0.1',
      '--token-file',
      file,
      '--rate',
      '10',
    )
    expect(code).toBe(1)
    expect(out).toContain('site-sql-union')
    expect(out).toContain('listed hosts: 127.0.0.1')
    expect(out).toContain('at most 10 a second')
  }, 60_000)

  it.each([
    [['--target', 'http://127.0.0.1:1', '--allow-host', '127.0.0.1'], 'needs --token-file'],
    [
      ['--target', 'http://127.0.0.1:1', '--allow-host', '127.0.0.1', '--token-file', join(folder, 'none')],
      'cannot be read',
    ],
    [['--target', 'http://127.0.0.1:1', '--token-file', token], 'not listed'],
    [['--rate', '3'], '--rate goes with --target'],
    [['--post', '/x'], '--post goes with --target'],
  ])('refuses %j', async (args, why) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toContain(why)
  })

  it.each(['0', '11', '1.5', 'fast'])('refuses a rate of %s', async (rate) => {
    const file = join(folder, 'token.txt')
    writeFileSync(file, token)
    const { code, err } = await run(
      '--target',
      'http://127.0.0.1:1',
      '--allow-host',
      '127.0.0.1',
      '--token-file',
      file,
      '--rate',
      rate,
    )
    expect([code, err]).toEqual([2, expect.stringContaining('1 to 10')])
  })
})
