import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEventBuilder, createRedactor, sealDraft } from '@sevenfold/event'
import type { EventDraft } from '@sevenfold/event'
import { afterAll, describe, expect, it } from 'vitest'
import { createJudgementReader } from './read-judgements.ts'

const folder = mkdtempSync(join(tmpdir(), 'prove-segments-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const events = createEventBuilder({
  layer: 'edge',
  now: () => 1_700_000_000_000,
  newId: () => '018bcfe5-6800-7000-8000-000000000000',
  redactor: createRedactor(new Uint8Array(32)),
})
const request = {
  requestId: 'r-1',
  site: 'shop',
  clientAddress: '127.2.0.5',
  method: 'GET',
  path: '/',
  httpVersion: '1.1',
  status: 403,
}

let sequence = 0
function line(draft: EventDraft): string {
  const agent = {
    id: 'edge/w0',
    ephemeral_id: '018bcfe5-6800-7000-8000-000000000001',
    type: 'sevenfold',
    version: '0.1.0',
  }
  return `${JSON.stringify(sealDraft(draft, agent, ++sequence))}\n`
}

describe('createJudgementReader', () => {
  it('reads what was added since, whole lines only, and leaves out what judges nothing', async () => {
    const segments = join(folder, 'segments')
    const file = join(segments, '00000000000000000000.ndjson')
    const reader = createJudgementReader(segments)
    expect(await reader.read()).toEqual([])
    mkdirSync(segments)
    const block = line(events.block({ ...request, judgement: { step: 'waf', verdict: 'block' } }))
    appendFileSync(file, line(events.access(request)) + block + 'not an event\n' + block.slice(0, 50))
    const first = await reader.read()
    expect(first).toMatchObject([
      { column: 'edge', verdict: 'stopped', address: '127.2.0.5', traces: ['r-1'] },
    ])
    appendFileSync(file, block.slice(50))
    expect(await reader.read()).toHaveLength(2)
    expect(first).toHaveLength(1)
    await reader.close()
  })
})
