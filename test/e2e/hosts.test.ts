import type { ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Namespaces, canMakeNamespaces } from './namespaces.ts'
import { program, sevenfold, until } from './running-demo.ts'

// The application, and beside it visitors: each line of standard input is one request.
const appScript = `
import { createServer, request } from 'node:http'
import { createInterface } from 'node:readline'
createServer((q, s) => s.end('app')).listen(9000, '10.78.0.2', () => console.log('"ready"'))
createInterface({ input: process.stdin }).on('line', (line) => {
  const { path, from } = JSON.parse(line)
  const call = request({ host: '10.78.0.1', port: 8080, path, localAddress: from, agent: false }, (answer) => {
    answer.resume()
    answer.on('end', () => console.log(JSON.stringify({ status: answer.statusCode })))
  })
  call.on('error', (error) => console.log(JSON.stringify({ status: 0, error: error.message })))
  call.end()
})
`

const backboneConfig = `version: 1
data: ./data
ledger: { hosts: { listen: "10.77.0.1:7750" } }
detection: { hosts: { listen: "10.77.0.1:7751" } }
`

const edgeConfig = `version: 1
data: ./data
edge: { workers: 1 }
sites:
  - { name: shop, listen: "10.78.0.1:8080", upstream: "http://10.78.0.2:9000" }
`

const attack = '/?q=%27%20UNION%20SELECT%20password%20FROM%20users--'
const [bad, good] = ['10.78.0.66', '10.78.0.67']

/** Waits for what crosses hosts and processes: long enough for a machine that does much else. */
function soon(what: string, look: () => Promise<true | undefined> | true | undefined): Promise<true> {
  return until(what, look, 90_000)
}

/** A figure of the drill (npm run conformance:hosts). */
function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** An event, as far as it is looked at. */
interface Told {
  readonly '@timestamp': string
  readonly agent: { readonly id: string }
}

/** A program of ours on a host, until it says that it is ready. */
class Up {
  readonly child: ChildProcess
  printed = ''

  constructor(hosts: Namespaces, host: string, folder: string, layers: string) {
    const config = join(folder, 'sevenfold.yaml')
    this.child = hosts.spawn(host, [program, 'up', '--config', config, '--layers', layers])
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.printed += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.printed += text))
  }

  async ready(): Promise<void> {
    await until(
      'it is ready',
      () => {
        if (this.child.exitCode !== null) throw new Error(this.printed)
        return this.printed.includes('Ctrl-C stops everything') ? true : undefined
      },
      60_000,
    )
  }

  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.child.once('close', resolve))
    this.child.kill('SIGINT')
    await closed
  }
}

// Backbone and detection, the edge, the application: three hosts that see only their neighbours.
describe.skipIf(!canMakeNamespaces())('three hosts (needs root and ip netns)', () => {
  const hosts = new Namespaces()
  let folder = ''
  let app: ChildProcess
  let answers: AsyncIterator<string>
  let [backbone, edge]: (Up | undefined)[] = []
  let sent = 0

  const data = (host: string): string => join(folder, host, 'data')
  const onBackbone = async (...args: readonly string[]): Promise<string> => {
    const { stdout, stderr, code } = await sevenfold(...args, '--data', data('backbone'))
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.trim()
  }
  const visit = async (path: string, from: string): Promise<number> => {
    app.stdin?.write(`${JSON.stringify({ path, from })}\n`)
    const { value } = (await answers.next()) as { value: string }
    return (JSON.parse(value) as { status: number }).status
  }
  /** Visits with a path of their own, which the ledger must have once. */
  const visitMany = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      expect(await visit(`/seen-${sent}-`, good)).toBe(200)
      sent += 1
    }
  }
  const ledgerText = (): Promise<string> => onBackbone('ledger', 'export')
  /** Events of the backbone whose action or act has a name. */
  const told = async (name: string): Promise<readonly Told[]> =>
    (await ledgerText())
      .split('\n')
      .filter((line) => line.includes(`"${name}"`))
      .map((line) => JSON.parse(line) as Told)
  const startBackbone = async (): Promise<void> => {
    backbone = new Up(hosts, 'backbone', join(folder, 'backbone'), 'ledger,detection')
    await backbone.ready()
  }
  const startEdge = async (): Promise<void> => {
    edge = new Up(hosts, 'edge', join(folder, 'edge'), 'edge')
    await edge.ready()
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sf-'))
    for (const [host, config] of [
      ['backbone', backboneConfig],
      ['edge', edgeConfig],
    ] as const) {
      mkdirSync(join(folder, host), { mode: 0o700 })
      writeFileSync(join(folder, host, 'sevenfold.yaml'), config)
    }
    for (const host of ['backbone', 'edge', 'app']) hosts.add(host)
    hosts.wire('backbone', ['10.77.0.1/24'], ['edge', '10.77.0.2/24'])
    hosts.wire('edge', ['10.78.0.1/24'], ['app', '10.78.0.2/24', `${bad}/24`, `${good}/24`])
    app = hosts.spawn('app', ['--input-type=module', '-e', appScript])
    if (app.stdout === null) throw new Error('no output of the application')
    answers = createInterface({ input: app.stdout })[Symbol.asyncIterator]()
    await answers.next()
    await startBackbone()
  }, 240_000)
  afterAll(async () => {
    await hosts.remove()
    if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }, 60_000)

  it('an edge does not start without an enrolment, and starts with one', async () => {
    const early = new Up(hosts, 'edge', join(folder, 'edge'), 'edge')
    await new Promise((resolve) => early.child.once('close', resolve))
    expect(early.printed).toContain('edge is not enrolled')
    const token = await onBackbone('enrol', 'token', '--layer', 'edge', '--host', 'web2', '--ttl', '5m')
    // The edge sees nobody but its neighbours: the backbone over one wire, the application over the other.
    const joining = hosts.spawn('edge', [program, 'enrol', '-', '--data', data('edge')])
    let printed = ''
    joining.stdout?.setEncoding('utf8').on('data', (text: string) => (printed += text))
    joining.stderr?.setEncoding('utf8').on('data', (text: string) => (printed += text))
    joining.stdin?.end(token)
    const code = await new Promise((resolve) => joining.once('close', resolve))
    expect({ code, printed }).toMatchObject({ code: 0 })
    expect(printed).toContain('edge on web2 is enrolled')
    await startEdge()
    await visitMany(5)
    await soon('the events cross', async () =>
      (await ledgerText()).includes('"/seen-4-"') ? true : undefined,
    )
  }, 240_000)

  it('attacks at the edge become a ban at detection, and the ban comes back over mTLS', async () => {
    await soon('the source is banned', async () => {
      await visit(attack, bad)
      return (await visit('/', bad)) === 403 ? true : undefined
    })
    expect(await visit('/', good)).toBe(200)
  }, 240_000)

  it('the backbone may go: bans hold, also over a restart, and no event is lost', async () => {
    await backbone?.end()
    await visitMany(20)
    expect(await visit('/', bad)).toBe(403)
    await edge?.end()
    // For the copy below, made while nothing writes; the original then starts again, and uses up the ticket that both have.
    cpSync(data('edge'), join(folder, 'copy'), {
      recursive: true,
      filter: (path) => !/(?:\.sock|\/lock)$/.test(path),
    })
    await startEdge()
    await visitMany(20)
    expect(await visit('/', bad)).toBe(403)
    await startBackbone()
    await visitMany(5)
    await soon('everything is there', async () => {
      const text = await ledgerText()
      return Array.from({ length: sent }, (_, n) => `"/seen-${n}-"`).every((path) => text.includes(path))
        ? true
        : undefined
    })
    const lines = (await ledgerText()).split('\n')
    const found = Array.from(
      { length: sent },
      (_, n) => lines.filter((line) => line.includes(`"/seen-${n}-"`)).length,
    )
    const count = (test: (times: number) => boolean): number => found.filter(test).length
    print(`without the backbone: ${sent} requests served, the ban held, also over a restart of the edge`)
    print(`after it came back: ${count((n) => n === 0)} events lost, ${count((n) => n > 1)} doubled`)
    expect(found.every((times) => times === 1)).toBe(true)
    const verified = JSON.parse(await onBackbone('ledger', 'verify', '--json')) as { ok: boolean }
    expect(verified.ok).toBe(true)
  }, 240_000)

  it('a copy of the data folder is refused and reported', async () => {
    const copy = join(folder, 'copy')
    const main = fileURLToPath(new URL('../../layers/edge/dist/main.js', import.meta.url))
    const config = join(copy, 'edge', 'config.json')
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll('8080', '8081'))
    const cloned = hosts.spawn('edge', [main], { SEVENFOLD_DATA: copy })
    let printed = ''
    cloned.stderr?.setEncoding('utf8').on('data', (text: string) => (printed += text))
    await soon('the copy hears it', () => (printed.includes('host-cloned') ? true : undefined))
    await soon('it is in the ledger', async () =>
      (await ledgerText()).includes('the data folder of edge on web2 is used from two places')
        ? true
        : undefined,
    )
    print('a copy of the data folder: refused and reported, the original goes on')
    const closed = new Promise((resolve) => cloned.once('close', resolve))
    cloned.kill('SIGTERM')
    await closed
    await visitMany(1)
    await soon('the original goes on', async () =>
      (await ledgerText()).includes(`"/seen-${sent - 1}-"`) ? true : undefined,
    )
  }, 240_000)

  it('a revoked host is refused within ten seconds, and its traffic goes on being judged', async () => {
    await onBackbone('enrol', 'revoke', 'web2', '--reason', 'end of the test')
    const wasRevoked = (): Promise<readonly Told[]> => told('enrol-revoke')
    const wasRefused = (): Promise<readonly Told[]> => told('host-revoked')
    await soon('both doors refuse it', async () =>
      new Set((await wasRefused()).map(({ agent }) => agent.id)).size === 2 ? true : undefined,
    )
    // By the time of the events: how slow the machine is that runs the test does not matter.
    const begun = Date.parse((await wasRevoked())[0]?.['@timestamp'] ?? '')
    for (const agent of ['ledger/main', 'detection/main']) {
      const first = (await wasRefused()).find((event) => event.agent.id === agent)
      const passedMs = Date.parse(first?.['@timestamp'] ?? '') - begun
      print(`revoked: refused by ${agent} after ${(Math.max(0, passedMs) / 1000).toFixed(1)} s (limit 10 s)`)
      expect(passedMs).toBeLessThan(10_000)
    }
    expect(await visit('/after-the-end-', good)).toBe(200)
    expect(await visit(attack, good)).toBe(403)
    expect(await ledgerText()).not.toContain('/after-the-end-')
    const { hosts: listed } = JSON.parse(await onBackbone('enrol', 'list', '--json')) as {
      hosts: readonly { host: string; state: string }[]
    }
    expect(listed).toMatchObject([{ host: 'web2', state: 'revoked' }])
  }, 240_000)
})
