import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, encodeLine, sealDraft, uuidV7 } from '@sevenfold/event'
import type { EventDraft, RequestFacts } from '@sevenfold/event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call } from './call.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sf-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const builder = createEventBuilder({
  layer: 'edge',
  now: () => Date.UTC(2026, 0, 1),
  newId: uuidV7,
  redactor: createRedactor(new Uint8Array(32)),
})

/** Writes drafts as the only segment. */
function record(...drafts: EventDraft[]): void {
  const segments = join(folder, '.sevenfold', 'ledger', 'segments')
  mkdirSync(segments, { recursive: true })
  const text = drafts.map(
    (draft, index) => `${encodeLine(sealDraft(draft, { id: 'edge/w0', ephemeral_id: 'e1' }, index + 1))}\n`,
  )
  writeFileSync(join(segments, `${'0'.repeat(20)}.ndjson`), text.join(''))
}

function request(path: string, change: Partial<RequestFacts> = {}): RequestFacts {
  return {
    requestId: 'r',
    site: 'shop',
    clientAddress: '192.0.2.7',
    method: 'GET',
    path,
    httpVersion: '1.1',
    status: 200,
    ...change,
  }
}

function mismatch(path: string, clientAddress: string): EventDraft {
  return builder.block({
    ...request(path, { clientAddress, status: 404 }),
    judgement: { step: 'schema', verdict: 'would-block' },
    rule: { id: 'schema-path', name: 'the path is not described' },
  })
}

function report(site: string, what: string): EventDraft {
  const draft = builder.finding({
    control: 'edge/csp',
    severity: 'info',
    status: 'open',
    summary: what,
    resource: `${site} ${what}`,
  })
  return { ...draft, sevenfold: { ...draft.sevenfold, site } }
}

describe('edge learn', () => {
  it('drafts a document from what one site answered well', async () => {
    record(
      builder.access(request('/items/1', { query: 'page=2' })),
      builder.access(request('/items/2', { query: 'page=3' })),
      builder.access(request('/secret', { status: 404 })),
      builder.access(request('/.sevenfold/pass')),
      builder.access(request('/blog', { site: 'blog' })),
    )
    const { stdout, stderr, code } = await call(['edge', 'learn', '--site', 'shop'], folder)
    expect([code, stderr]).toEqual([0, 'sevenfold: learned from 2 requests\n'])
    expect(Object.keys((JSON.parse(stdout) as { paths: object }).paths)).toEqual(['/items/{id}'])
  })

  it('says when there is nothing to learn from', async () => {
    record(builder.access(request('/secret', { status: 404 })))
    expect((await call(['edge', 'learn'], folder)).code).toBe(1)
  })
})

describe('edge drift', () => {
  it('adds up what differs, what most clients do first', async () => {
    record(mismatch('/scan', '192.0.2.1'), mismatch('/a/1', '192.0.2.2'), mismatch('/a/2', '192.0.2.3'))
    const { stdout, code } = await call(['edge', 'drift'], folder)
    expect(code).toBe(1)
    expect(stdout.split('\n')[1]).toMatch(/^2 +2 +GET \/a\/\{\} +schema-path +the path is not described$/)
    const json = JSON.parse((await call(['edge', 'drift', '--json'], folder)).stdout) as { drifts: unknown[] }
    expect(json.drifts).toHaveLength(2)
    expect((await call(['edge', 'drift', '--site', 'blog'], folder)).code).toBe(0)
  })
})

describe('edge csp', () => {
  it('makes a policy of reports, and warns of what would weaken it', async () => {
    record(report('shop', 'img-src https://img.example'), report('blog', 'script-src inline'))
    const shop = await call(['edge', 'csp', '--site', 'shop', '--policy', "default-src 'self'"], folder)
    expect(shop).toMatchObject({
      code: 0,
      stdout: "default-src 'self'; img-src 'self' https://img.example\n",
    })
    const both = await call(['edge', 'csp'], folder)
    expect(both.code).toBe(1)
    expect(both.stderr).toContain("warning: script-src 'unsafe-inline' lets injected scripts run")
  })
})
