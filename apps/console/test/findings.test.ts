import { describe, expect, it } from 'vitest'
import { findingsIn } from '../web/src/state/finding.ts'
import { findingEvent } from './console-server.ts'

const event = findingEvent() as Parameters<typeof findingsIn>[0][number]
const other = (control: string, severity: string): typeof event => ({
  ...event,
  '@timestamp': '2026-01-01T00:00:00.000Z',
  sevenfold: { ...event.sevenfold, finding: { control, severity, resource: 'x' }, trace: [] },
})

describe('findingsIn', () => {
  it('shows each finding once, counted, and the gravest first', () => {
    const found = findingsIn([
      other('iast/weak-hash', 'low'),
      event,
      other('edge/csp', 'strange'),
      other('posture/x', 'critical'),
      event,
      { ...event, sevenfold: { kind: 'block' } },
    ])
    expect(found.map(({ control, count }) => [control, count])).toEqual([
      ['posture/x', 1],
      ['iast/sql-injection', 2],
      ['iast/weak-hash', 1],
      ['edge/csp', 1],
    ])
    expect(found[1]).toMatchObject({ request: 'GET /users', site: 'shop', severity: 'high' })
    expect(found[1]?.steps.map(({ verdict }) => verdict)).toEqual(['source', 'path', 'sink'])
  })

  it('keeps ways from different sources to one sink apart', () => {
    const from = (name: string): typeof event => ({
      ...event,
      sevenfold: { ...event.sevenfold, trace: [{ step: `query "${name}"`, verdict: 'source' }] },
    })
    expect(findingsIn([from('a'), from('b'), from('a')])).toHaveLength(2)
  })
})
