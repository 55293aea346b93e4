import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import {
  batchHeaderNames,
  batchSigningText,
  chainNext,
  chainSeed,
  createEventBuilder,
  createRedactor,
  encodeLine,
  heartbeatContext,
  sealDraft,
} from '../src/index.ts'
import type {
  BatchHeaders,
  ControlRequest,
  ControlResponse,
  Decision,
  DecisionDelta,
  EventDraft,
  ForwarderMessage,
  HeartbeatBody,
  MatchReport,
  ProofDocument,
  RawRequestHead,
  SensorMessage,
  Verdict,
} from '../src/index.ts'

// PKCS #8 wrapper of a raw Ed25519 seed (RFC 8410 section 7); the seed is public, for golden files only.
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 0x53)])
const privateKey: KeyObject = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })

/** Raw 32-byte public key of the golden files. */
export const goldenPublicKey: Buffer = createPublicKey(privateKey)
  .export({ format: 'der', type: 'spki' })
  .subarray(-32)
const keyId = createHash('sha256').update(goldenPublicKey).digest('hex').slice(0, 16)
const signText = (text: string): string => sign(null, Buffer.from(text), privateKey).toString('base64')

const time = Date.UTC(2026, 0, 31, 12)
const iso = new Date(time).toISOString()
const agent = { id: 'edge/w0', ephemeral_id: '01890000-0000-7000-8000-0000000000aa', version: '0.1.0' }

const decision: Decision = {
  id: 17,
  type: 'ban',
  scope: 'ip',
  value: '192.0.2.7',
  duration: '4h0m0s',
  until: new Date(time + 14_400_000).toISOString(),
  origin: 'sevenfold',
  scenario: 'http-probing',
}

function drafts(): EventDraft[] {
  let n = 0
  const make = createEventBuilder({
    layer: 'edge',
    now: () => time,
    newId: () => `01890000-0000-7000-8000-${String((n += 1)).padStart(12, '0')}`,
    redactor: createRedactor(new Uint8Array(32)),
  })
  const request = {
    requestId: '01890000-0000-7000-8000-00000000aaaa',
    site: 'shop',
    clientAddress: '192.0.2.7',
    clientPort: 50_123,
    method: 'GET',
    path: '/search',
    query: 'q=%27%20or%201%3D1--&token=abc',
    host: 'shop.example',
    httpVersion: '1.1',
    userAgent: 'curl/8.9.1',
    traceId: '01890000-0000-7000-8000-00000000aaaa',
  }
  return [
    make.access({ ...request, query: 'q=shoes', status: 200, responseBytes: 5120, durationMs: 3.25 }),
    make.block({
      ...request,
      status: 403,
      judgement: { step: 'waf', verdict: 'block', score: 10, rules: ['942100'], matched: "' or 1=1--" },
      rule: { id: '942100', name: 'SQL injection', ruleset: 'builtin' },
      threat: { technique: { id: ['T1190'] } },
      trace: [
        { step: 'limits', verdict: 'pass' },
        { step: 'ban', verdict: 'pass' },
        { step: 'waf', verdict: 'block', detail: '942100' },
      ],
    }),
    make.authentication({ outcome: 'failure', userName: 'ann', clientAddress: '192.0.2.7', site: 'shop' }),
    make.detection({
      rule: { id: 'http-probing', name: 'Probing' },
      message: '30 refused requests',
      clientAddress: '192.0.2.7',
      count: 30,
    }),
    make.decision('add', decision),
    make.finding({
      control: 'S7-1',
      severity: 'medium',
      status: 'open',
      summary: 'admin listens beyond loopback',
    }),
    make.admin(
      { op: 'mode', actor: 'ann', from: 'monitor', to: 'enforce', reason: 'a quiet week' },
      'success',
    ),
    make.notice('worker-replaced', 'worker 1 ended with signal SIGKILL'),
  ]
}

function eventLines(): string[] {
  const next = { high: 0, low: 0 }
  return drafts().map((draft) => encodeLine(sealDraft(draft, agent, (next[draft.sevenfold.lane] += 1))))
}

function heartbeatLines(): string[] {
  const seed = chainSeed(agent.id, agent.ephemeral_id, 'high')
  const block = Buffer.from(
    eventLines()
      .slice(1)
      .map((line) => `${line}\n`)
      .join(''),
  )
  const body: HeartbeatBody = {
    v: 1,
    agent: agent.id,
    epoch: agent.ephemeral_id,
    boot: 3,
    time: iso,
    nonce: '9f2c1a',
    mode: 'enforce',
    sites: { blog: 'monitor' },
    lanes: {
      high: { sequence: 7, hash: Buffer.from(chainNext(seed, block)).toString('hex') },
      low: { sequence: 0, hash: Buffer.from(chainSeed(agent.id, agent.ephemeral_id, 'low')).toString('hex') },
    },
    counters: { requests: 1200, blocks: 7 },
    config: createHash('sha256').update('{}').digest('hex'),
    expiry: { certificates: '2026-12-31T00:00:00.000Z' },
    canary: { ok: true, time: iso, attack: 'sqli-tautology' },
  }
  const text = JSON.stringify(body)
  return [JSON.stringify({ body: text, key: keyId, signature: signText(`${heartbeatContext}\n${text}`) })]
}

function batchLines(): string[] {
  const lines = eventLines().slice(1)
  const body = lines.map((line) => `${line}\n`).join('')
  const head: Omit<BatchHeaders, 'key' | 'signature'> = {
    agent: agent.id,
    epoch: agent.ephemeral_id,
    lane: 'high',
    first: 1,
    blocks: [3, 4],
  }
  const digest = createHash('sha256').update(body).digest('hex')
  const headers = {
    [batchHeaderNames.agent]: head.agent,
    [batchHeaderNames.epoch]: head.epoch,
    [batchHeaderNames.lane]: head.lane,
    [batchHeaderNames.first]: String(head.first),
    [batchHeaderNames.blocks]: head.blocks.join(','),
    [batchHeaderNames.key]: keyId,
    [batchHeaderNames.signature]: signText(batchSigningText(head, digest)),
  }
  // For reading, the golden body is plain NDJSON and the signature covers it as such; on the wire it is gzip.
  return [
    JSON.stringify({ request: 'POST /v1/batches', headers, body }),
    JSON.stringify({ response: 200, body: { through: 7 } }),
    JSON.stringify({ response: 409, body: { expected: 4 } }),
  ]
}

function decisionLines(): string[] {
  const snapshot: DecisionDelta = { version: 41, add: [decision], remove: [] }
  const delta: DecisionDelta = {
    version: 42,
    add: [{ ...decision, id: 18, scope: 'range', value: '198.51.100.0/24' }],
    remove: [17],
  }
  return [JSON.stringify(snapshot), JSON.stringify(delta)]
}

function controlLines(): string[] {
  const requests: ControlRequest[] = [
    { id: '1', op: 'status', actor: 'ann' },
    { id: '2', op: 'mode', mode: 'enforce', site: 'shop', reason: 'quiet week', actor: 'ann' },
    { id: '3', op: 'reload', actor: 'supervisor' },
    { id: '4', op: 'selftest', actor: 'ann' },
    { id: '5', op: 'drain', actor: 'supervisor' },
  ]
  const answers: ControlResponse[] = [
    { id: '1', ok: true, result: { mode: 'monitor' } },
    { id: '2', ok: false, error: { code: 'CONTROL_UNKNOWN_SITE', message: 'no site is called shop' } },
  ]
  return [
    ...requests.map((request) => JSON.stringify({ request })),
    ...answers.map((response) => JSON.stringify({ response })),
  ]
}

function sensorLines(): string[] {
  const up: SensorMessage[] = [
    {
      type: 'hello',
      v: 1,
      token: 'one-time',
      service: 'shop',
      pid: 4242,
      node: 'v22.20.0',
      unprotected: [{ package: 'odd-driver', version: '1.0.0', why: 'bundled' }],
    },
    { type: 'event', n: 1, event: drafts()[7] ?? ({} as EventDraft) },
    { type: 'beat', n: 2, counters: { sinks: 90, refused: 1 }, canary: { ok: true, time: iso } },
    { type: 'bye', code: 0 },
  ]
  const down: ForwarderMessage[] = [
    { type: 'policy', mode: 'enforce', profileDigest: '0'.repeat(64) },
    {
      type: 'decisions',
      version: 3,
      add: [{ ...decision, scope: 'username', value: 'mallory' }],
      remove: [],
    },
  ]
  return [
    ...up.map((sensor) => JSON.stringify({ sensor })),
    ...down.map((forwarder) => JSON.stringify({ forwarder })),
  ]
}

function inspectorLines(): string[] {
  const head: RawRequestHead = {
    kind: 'request',
    method: 'GET',
    target: '/search?q=%27%20or%201%3D1--',
    version: '1.1',
    headers: ['Host', 'shop.example', 'User-Agent', 'curl/8.9.1'],
  }
  const verdicts: Verdict[] = [
    { kind: 'pass' },
    { kind: 'more' },
    { kind: 'yield' },
    { kind: 'drop' },
    { kind: 'exhausted' },
    { kind: 'deny', status: 403 },
    { kind: 'redirect', status: 302, location: '/login' },
  ]
  const report: MatchReport = {
    matches: [
      {
        ruleId: '942100',
        phase: 2,
        message: 'SQL injection',
        data: "' or 1=1--",
        severity: 2,
        tags: ['attack-sqli', 'CWE-89'],
        variable: 'ARGS:q',
        ruleset: 'builtin',
        disruptive: false,
      },
    ],
    score: 10,
    outboundScore: 0,
    steps: 812,
    interruption: { kind: 'deny', status: 403 },
  }
  return [
    JSON.stringify({ requestHead: head }),
    ...verdicts.map((verdict) => JSON.stringify({ verdict })),
    JSON.stringify({ report }),
  ]
}

function proofLines(): string[] {
  const document: ProofDocument = {
    v: 1,
    seed: '7',
    attacks: [
      {
        id: 'sqli-tautology',
        class: 'sql-injection',
        technique: 'T1190',
        valid: true,
        cells: {
          none: { outcome: 'missed', layers: [] },
          alone: {
            edge: { outcome: 'stopped', layers: ['edge'] },
            detection: { outcome: 'missed', layers: [] },
          },
          without: {
            edge: { outcome: 'missed', layers: [] },
            detection: { outcome: 'stopped', layers: ['edge'] },
          },
          all: { outcome: 'stopped', layers: ['edge'] },
        },
        depth: 1,
      },
    ],
    benign: { runs: 40, blocked: 0 },
    cost: { cpuPerRequest: { edge: 1.4 } },
    singlePoints: [{ attack: 'sqli-tautology', layer: 'edge' }],
  }
  return [JSON.stringify(document)]
}

/** The golden files by name, without `.ndjson`. */
export function goldenFiles(): Readonly<Record<string, readonly string[]>> {
  return {
    event: eventLines(),
    batch: batchLines(),
    heartbeat: heartbeatLines(),
    decision: decisionLines(),
    control: controlLines(),
    inspector: inspectorLines(),
    sensor: sensorLines(),
    proof: proofLines(),
  }
}
