import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import type { Decision, Json, JsonObject } from '@sevenfold/event'
import { createTrustedTest } from '../src/access/trusted.ts'
import type { Backend, EventQuery, HealthWord, ModeChange } from '../src/backend/backend.ts'
import { loadAssets } from '../src/http/assets.ts'
import { createConsoleApp } from '../src/http/console-app.ts'
import type { ConsoleAct } from '../src/http/console-routes.ts'
import { OneTimeLinks } from '../src/session/one-time-links.ts'
import { Sessions } from '../src/session/sessions.ts'
import { Users } from '../src/session/users.ts'
import type { StoredUser } from '../src/session/users.ts'

const time = (secondsAgo: number): string => new Date(Date.now() - secondsAgo * 1000).toISOString()

/** A backend with fixed answers that remembers what was asked of it. */
export class FakeBackend implements Backend {
  readonly unbanned: { id: number; reason: string; actor: string }[] = []
  readonly modes: ModeChange[] = []
  readonly lines: string[] = []
  bans: Decision[] = [
    {
      id: 17,
      type: 'ban',
      scope: 'ip',
      value: '192.0.2.7',
      duration: '4h',
      until: time(-14_000),
      origin: 'sevenfold',
      scenario: 'http-probing',
    },
  ]

  status(): Promise<never> {
    const agent = (name: string, mode: string): object => ({
      agent: name,
      mode,
      lastHeartbeat: time(4),
      canary: { ok: true, time: time(30) },
      eventsPerMinute: 90,
    })
    const parts = [
      {
        part: 'edge',
        agents: ['edge/w0', 'edge/w1', 'edge/web2.example.w0'].map((name) => agent(name, 'enforce')),
      },
      { part: 'detection', agents: [agent('detection/main', 'monitor')] },
      { part: 'runtime', agents: [{ agent: 'runtime/main', mode: 'enforce', lastHeartbeat: time(600) }] },
      { part: 'ledger', agents: [agent('ledger/main', 'enforce')] },
    ]
    return Promise.resolve({ parts } as never)
  }

  events({ query }: EventQuery): Promise<never> {
    const isFinding = query?.includes('kind:finding') === true
    return Promise.resolve({ events: [isFinding ? findingEvent() : blockEvent('stored-1')] } as never)
  }

  request(id: string): Promise<never> {
    return Promise.resolve({ events: [blockEvent(id)] } as never)
  }

  histogram(): Promise<never> {
    const buckets = Array.from({ length: 60 }, (_, i) => ({
      time: time((60 - i) * 60),
      count: Math.round(40 + 30 * Math.sin(i / 6)),
    }))
    return Promise.resolve({ buckets } as never)
  }

  async tail(_query: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    for (const line of this.lines) onLine(line)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  }

  decisions(): Promise<readonly Decision[]> {
    return Promise.resolve(this.bans)
  }

  unban(id: number, reason: string, actor: string): Promise<void> {
    this.unbanned.push({ id, reason, actor })
    this.bans = this.bans.filter((decision) => decision.id !== id)
    return Promise.resolve()
  }

  setMode(change: ModeChange): Promise<void> {
    this.modes.push(change)
    return Promise.resolve()
  }

  readonly verdicts: { id: string; verdict: JsonObject }[] = []
  readonly decided: string[] = []

  incidents(): Promise<Json> {
    return Promise.resolve({ incidents: [incident()], quiet: [] })
  }

  incident(): Promise<Json> {
    return Promise.resolve({ ...incident(), samples: [], notes: [], runbooks: [runbook()] })
  }

  giveVerdict(id: string, verdict: JsonObject): Promise<Json> {
    this.verdicts.push({ id, verdict })
    return Promise.resolve({ preview: { events: 100, hidden: 7, kept: 3 } })
  }

  runs(): Promise<Json> {
    const steps = [{ action: 'decision', plan: ['ban source 192.0.2.7 for 1h'], text: '' }]
    return Promise.resolve({
      runs: [{ id: 'run-1', playbook: 'contain-source', incident: 'inc-0001', state: 'waiting', steps }],
    })
  }

  decideRun(id: string, act: string, actor: string): Promise<Json> {
    this.decided.push(`${act} ${id} ${actor}`)
    return Promise.resolve({})
  }

  load(): Promise<Json> {
    const verdicts = { true: 2, benign: 1, noise: 0 }
    const rule = { rule: 'edge-scan', title: 'A source scans', level: 'medium', verdicts, minutes: 12 }
    return Promise.resolve({ load: [{ ...rule, alerts: 1200, incidents: 3 }] })
  }

  readonly silenceActs: JsonObject[] = []

  hosts(): Promise<Json> {
    const web = {
      host: 'web2.example',
      layer: 'edge',
      enrolled: time(86_400),
      certificateEnds: time(-80_000),
    }
    const gone = { ...web, host: 'web1.example', state: 'revoked', revoked: time(60), reason: 'sold <b>' }
    const tokens = [{ host: 'db1.example', layer: 'runtime', expires: time(-600), actor: 'cli:root' }]
    return Promise.resolve({ hosts: [{ ...web, state: 'enrolled' }, gone], tokens })
  }

  silences(): Promise<Json> {
    const plan = {
      id: 3,
      part: 'console',
      from: time(60),
      until: time(-1_700),
      reason: 'new kernel',
      actor: 'a',
    }
    const active = [
      { kind: 'dark', part: 'runtime', message: 'no heartbeat of runtime/main for 50 s', sinceMs: 1 },
    ]
    return Promise.resolve({ planned: [plan], active })
  }

  planSilence(plan: JsonObject): Promise<Json> {
    this.silenceActs.push(plan)
    return Promise.resolve({})
  }

  endSilence(id: number, actor: string): Promise<Json> {
    this.silenceActs.push({ id, actor })
    return Promise.resolve({})
  }

  depends(): Promise<Json> {
    const failure = 'all of them are'
    const shared = [{ kind: 'user', name: 'root', layers: ['edge', 'runtime'], failure, takesDown: true }]
    return Promise.resolve({ layers: ['edge', 'runtime'], shared })
  }

  health(): Promise<HealthWord> {
    return Promise.resolve({ ok: true, time: time(0), size: 42, root: 'r' })
  }
}

/** An incident with hostile text in its title. */
function incident(): JsonObject {
  return {
    id: 'inc-0001',
    state: 'open',
    title: 'An attack <img src=x onerror=document.title=1>',
    level: 'high',
    score: 20,
    count: 3,
    cases: 1,
    first: time(60),
    last: time(5),
    layers: ['runtime'],
    tactics: ['initial-access'],
    techniques: ['T1190'],
    entities: [{ type: 'source', value: '192.0.2.7', count: 3 }],
  }
}

function runbook(): JsonObject {
  const runbookText = {
    meaning: 'The application has this flaw.',
    first: ['Ban it'],
    confirm: ['Look'],
    undo: ['Unban'],
  }
  return {
    rule: 'r',
    name: 'runtime-attack-stopped',
    title: 'Stopped',
    author: 'Sevenfold',
    runbook: runbookText,
  }
}

/** A finding of a test run, with hostile text in the name of its source. */
export function findingEvent(): object {
  return {
    '@timestamp': time(60),
    event: { id: 'finding-1', action: 'finding-open', dataset: 'sevenfold.runtime.finding' },
    url: { path: '/users' },
    http: { request: { method: 'GET' } },
    sevenfold: {
      kind: 'finding',
      layer: 'runtime',
      site: 'shop',
      finding: {
        control: 'iast/sql-injection',
        severity: 'high',
        summary: 'Input reaches a statement of a database (CWE-89)',
        resource: 'pg.Client.query at src/app.js:12:5',
      },
      trace: [
        { step: 'query "<img src=x onerror=document.title=1>"', verdict: 'source' },
        { step: '+', verdict: 'path', detail: 'src/app.js:11:9' },
        { step: 'pg.Client.query', verdict: 'sink', detail: 'src/app.js:12:5' },
      ],
    },
  }
}

/** A blocked request as the collector would answer it, with hostile text in its path. */
export function blockEvent(id: string): object {
  return {
    '@timestamp': time(1),
    event: { id, action: 'block', dataset: 'sevenfold.edge.block' },
    source: { ip: '192.0.2.7' },
    http: { request: { id: `r-${id}`, method: 'GET' }, response: { status_code: 403 } },
    url: { original: '/search?q=<img src=x onerror=document.title=1>' },
    rule: { id: '942100', name: 'SQL injection' },
    sevenfold: {
      kind: 'block',
      layer: 'edge',
      lane: 'high',
      judgement: { step: 'waf', verdict: 'block' },
      trace: [
        { step: 'ban', verdict: 'pass' },
        { step: 'waf', verdict: 'block', detail: '942100' },
      ],
    },
  }
}

/** A running console on loopback with a fake backend. */
export interface ConsoleServer {
  readonly url: string
  readonly port: number
  readonly backend: FakeBackend
  readonly links: OneTimeLinks
  readonly users: Users
  readonly acts: ConsoleAct[]
  close(): Promise<void>
}

/** Starts the real application on a real port. */
export async function startConsole(): Promise<ConsoleServer> {
  let n = 0
  const sources = { now: () => Date.now(), newToken: () => `token-${'x'.repeat(24)}-${(n += 1)}` }
  let stored: readonly StoredUser[] = []
  const users = new Users({ load: () => stored, save: (next) => void (stored = next) })
  const links = new OneTimeLinks(sources)
  const backend = new FakeBackend()
  const acts: ConsoleAct[] = []
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const app = createConsoleApp({
    backend,
    links,
    users,
    sessions: new Sessions(sources, { idleMs: 60_000, maxMs: 600_000 }),
    assets: loadAssets(fileURLToPath(new URL('../dist/web', import.meta.url))),
    gate: { hosts: ['127.0.0.1', 'localhost'], port },
    isTrustedPeer: createTrustedTest([]),
    secure: false,
    now: sources.now,
    log: { error: () => undefined, warn: () => undefined },
    record: (act) => acts.push(act),
  })
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    backend,
    links,
    users,
    acts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
