import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findingFactsOf } from '../forwarder/finding-facts.ts'
import { findingDraft } from './finding-draft.ts'
import type { Weakness } from './weakness.ts'

const weakness: Weakness = {
  name: 'sql-injection',
  sink: 'pg.Client.query',
  place: `${join(process.cwd(), 'src/app.js')}:12:5`,
  detail: "select * from users where name='secret value'",
  source: { kind: 'query', name: 'user', value: 'secret value', isLinkable: true },
  steps: [{ operation: '+', place: `${join(process.cwd(), 'src/app.js')}:11:9` }],
  request: 'GET /users',
}
const draft = findingDraft(weakness, { service: 'shop', now: () => 0 })

describe('findingDraft', () => {
  it('tells class, source, way, sink and place, and no value', () => {
    expect(draft.sevenfold.finding).toEqual({
      control: 'iast/sql-injection',
      severity: 'high',
      status: 'open',
      summary: 'Input reaches a statement of a database (CWE-89)',
      resource: 'pg.Client.query at src/app.js:12:5',
    })
    expect(draft.sevenfold.trace).toEqual([
      { step: 'query "user"', verdict: 'source' },
      { step: '+', verdict: 'path', detail: 'src/app.js:11:9' },
      { step: 'pg.Client.query', verdict: 'sink', detail: 'src/app.js:12:5' },
    ])
    expect(JSON.stringify(draft)).not.toContain('secret value')
  })

  it('needs neither a source nor a place', () => {
    const { source: _source, steps: _steps, ...rest } = weakness
    const bare = findingDraft({ ...rest, place: '', request: '' }, { service: 'shop', now: () => 0 })
    expect(bare.sevenfold.finding?.resource).toBe('pg.Client.query')
    expect(bare.sevenfold.trace).toEqual([{ step: 'pg.Client.query', verdict: 'sink', detail: '' }])
  })
})

describe('findingFactsOf', () => {
  it('reads what a sensor tells, and takes no other kind and no control of another part', () => {
    const facts = findingFactsOf(draft, 'shop')
    expect(facts?.finding).toMatchObject({ control: 'iast/sql-injection', severity: 'high', status: 'open' })
    expect(facts?.trace).toHaveLength(3)
    expect([facts?.method, facts?.path, facts?.site]).toEqual(['GET', '/users', 'shop'])
    const change = (own: object): unknown =>
      findingFactsOf({ ...draft, sevenfold: { ...draft.sevenfold, ...own } }, 'shop')
    expect(change({ kind: 'notice' })).toBeUndefined()
    expect(change({ finding: { ...draft.sevenfold.finding, control: 'posture/x' } })).toBeUndefined()
  })

  it('bounds what it takes', () => {
    const long = 'x'.repeat(10_000)
    const trace = Array.from({ length: 100 }, () => ({ step: long, verdict: long, detail: long }))
    const finding = { control: `iast/${long}`, severity: 'none', status: 'fixed', summary: long }
    const facts = findingFactsOf(
      { ...draft, sevenfold: { ...draft.sevenfold, finding, trace } } as unknown as typeof draft,
      'shop',
    )
    expect(facts?.finding.severity).toBe('info')
    expect(facts?.finding.status).toBe('open')
    expect(facts?.trace).toHaveLength(26)
    expect(JSON.stringify(facts).length).toBeLessThan(30_000)
  })
})
