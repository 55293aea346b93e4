import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgentClasses } from '../bots/agent-class.ts'
import { Challenger } from '../challenge/challenger.ts'
import { readCspReports } from '../headers/csp-report.ts'
import { hardenCookies } from '../headers/harden-cookies.ts'
import { GcraTable } from '../rate/gcra-table.ts'
import { RateKeys } from '../rate/rate-key.ts'
import { routePath } from '../rate/route-path.ts'
import { PathTable } from '../schema/path-table.ts'

const runs = { numRuns: Number(process.env['SEVENFOLD_FUZZ_RUNS'] ?? 500), verbose: 1 } as const
const text = fc.oneof(fc.string({ maxLength: 200 }), fc.stringMatching(/^[/.%;\\?#&=a-zA-Z0-9_-]{0,80}$/))

describe('whatever clients send', () => {
  it('a route stays the same when it is read again', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\/[/.;\\a-zA-Z0-9_-]{0,80}$/), (target) => {
        const once = routePath(target)
        expect(once.startsWith('/')).toBe(true)
        expect(routePath(once)).toBe(once)
      }),
      runs,
    )
  })

  it('solutions are refused and never break anything', () => {
    const shared = {
      table: new GcraTable(64),
      keys: new RateKeys(Buffer.alloc(32, 1)),
      exact: null,
      monotonicMs: () => 1,
    }
    const config = {
      when: 'always',
      score: 7,
      exclude: [],
      difficulty: 8,
      maximumDifficulty: 12,
      lifetimeMs: 1000,
      budget: 10,
      withoutScript: true,
    } as const
    const challenger = new Challenger(config, {
      site: 'a',
      key: Buffer.alloc(32, 2),
      shared,
      now: () => 1e12,
    })
    const client = { address: '192.0.2.1', binding: { site: 'a', prefix: '4.1', ja4: '' }, secure: false }
    fc.assert(
      fc.property(text, text, text, (to, token, solution) => {
        expect(challenger.check(`to=${to}&c=${token}&n=${solution}`, client)).toMatchObject({
          kind: 'refused',
        })
        expect(challenger.check(to, client)).toMatchObject({ kind: 'refused' })
      }),
      runs,
    )
  })

  it('reports, agents, paths and cookies are read without a fault', () => {
    const classes = new AgentClasses()
    const table = new PathTable<number>()
    table.add('/a/{x}/{y}.{z}', 1)
    const rules = { secure: 'always', httpOnly: 'all', sameSite: 'lax' } as const
    fc.assert(
      fc.property(text, fc.json(), (one, json) => {
        readCspReports(one)
        for (const { directive, source } of readCspReports(json))
          expect(`${directive} ${source}`).toMatch(/^[a-z-]+ [\w:/.[\]-]+$/)
        classes.of(one)
        table.find(one)
        const line = one.replaceAll(/[\r\n]/g, '')
        const hardened = hardenCookies(`Set-Cookie: ${line}\r\n`, rules, true)
        expect(hardened.startsWith(`Set-Cookie: ${line}`)).toBe(true)
        expect(hardened.split('\r\n')).toHaveLength(2)
      }),
      runs,
    )
  })
})
