import { describe, expect, it } from 'vitest'
import { attackClasses } from '../attack/attack.ts'
import { makeProbes } from './make-probes.ts'
import { probeTable } from './probe-table.ts'

describe('makeProbes', () => {
  it('sends bodies only when a path for them was named, and only there', () => {
    const quiet = makeProbes({ page: '/', post: undefined })
    expect(
      quiet.every(({ attack, twin }) => (attack.method ?? 'GET') === 'GET' && twin.method === undefined),
    ).toBe(true)
    const posting = makeProbes({ page: '/', post: '/search' })
    const bodies = posting.filter(({ attack }) => attack.method === 'POST')
    expect(bodies.length).toBe(posting.length - quiet.length)
    expect(bodies.every(({ attack, twin }) => attack.path === '/search' && twin.path === '/search')).toBe(
      true,
    )
  })

  it('puts hostile and innocent values in the same place', () => {
    const probes = new Map(
      makeProbes({ page: '/find?lang=en', post: undefined }).map((probe) => [probe.id, probe]),
    )
    expect(probes.get('site-xss-script')?.attack.path).toMatch(/^\/find\?lang=en&q=%22%3E%3Cscript/)
    expect(probes.get('site-xss-script')?.twin.path).toBe(
      '/find?lang=en&q=script%20%3E%20screen%20%22play%22',
    )
    expect(probes.get('site-prototype')?.attack.path).toBe('/find?lang=en&__proto__%5BisAdmin%5D=1')
    expect(probes.get('site-sql-cookie')?.attack.headers).toEqual({ cookie: "prefs=1'%20AND%20SLEEP(5)%23" })
    expect(probes.get('site-smuggle-lengths')?.attack.headers).toHaveProperty('transfer-encoding')
    expect(probes.get('site-smuggle-lengths')?.twin).toEqual({ path: '/find?lang=en' })
  })
})

describe('probeTable', () => {
  it('has ids of its own, known classes, and at least twelve of them', () => {
    expect(new Set(probeTable.map(({ id }) => id)).size).toBe(probeTable.length)
    const classes = new Set(probeTable.map((row) => row.class))
    expect([...classes].filter((name) => !attackClasses.includes(name))).toEqual([])
    expect(classes.size).toBeGreaterThanOrEqual(12)
  })
})
