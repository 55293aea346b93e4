import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { Agent } from './agent.ts'
import type { AgentMode } from './agent.ts'
import { finding } from './attack.ts'
import { StoredInputs } from './inputs/stored-inputs.ts'
import { sqlDialects } from './lexers/sql-spans.ts'
import { ProfileKeeper } from './profile/profile-keeper.ts'
import { Profile } from './profile/profile.ts'
import { RefusedError } from './refusal.ts'
import { RequestContext, currentRequest } from './request-context.ts'
import { StatementGuard } from './statement-guard.ts'

function setUp(mode: AgentMode): { agent: Agent; reports: string[]; faults: string[] } {
  const reports: string[] = []
  const faults: string[] = []
  const agent = new Agent(
    mode,
    ({ sink }) => reports.push(sink),
    (_error, sink) => faults.push(sink),
  )
  return { agent, reports, faults }
}

function serving<T>(url: string, stored: StoredInputs, run: () => T): T {
  const request = { url, headers: {}, rawHeaders: [], method: 'GET' } as unknown as IncomingMessage
  return currentRequest.run(new RequestContext(request, {} as ServerResponse, stored), run)
}

function newGuard(agent: Agent, stored: StoredInputs): StatementGuard {
  return new StatementGuard(agent, stored, new ProfileKeeper(agent, 'off', new Profile(), () => undefined))
}

const objection = finding('ssrf', 'x', 'y')

describe('Agent', () => {
  it('refuses and reports when it enforces, and only reports when it monitors', () => {
    for (const [mode, isRefused] of [
      ['enforce', true],
      ['monitor', false],
    ] as const) {
      const { agent, reports } = setUp(mode)
      const refusal = serving('/', new StoredInputs(), () => agent.check('sink', () => objection))
      expect(refusal instanceof RefusedError).toBe(isRefused)
      expect(reports).toEqual(['sink'])
      expect([agent.counters.refused, agent.counters.noticed]).toEqual(isRefused ? [1, 0] : [0, 1])
    }
  })

  it('asks nobody outside of requests or when it is off', () => {
    const { agent, reports } = setUp('enforce')
    expect(agent.check('sink', () => objection)).toBeNull()
    agent.mode = 'off'
    expect(serving('/', new StoredInputs(), () => agent.check('sink', () => objection))).toBeNull()
    expect(reports).toEqual([])
  })

  it('lets the call through when a judge fails, and counts it', () => {
    const { agent, faults } = setUp('enforce')
    const judge = (): never => {
      throw new Error('a fault')
    }
    expect(serving('/', new StoredInputs(), () => agent.check('sink', judge))).toBeNull()
    expect([agent.counters.faults, faults]).toEqual([1, ['sink']])
  })
})

describe('StatementGuard', () => {
  const attack = "' or 1=1 limit 2--"
  const statement = `select 1 from t where a='${attack}'`
  const call = { sink: 'sql', dialect: sqlDialects.postgres }

  it('refuses a statement that an earlier request has stored', () => {
    const { agent } = setUp('enforce')
    const stored = new StoredInputs()
    const guard = newGuard(agent, stored)
    serving('/', stored, () => guard.check({ ...call, text: 'update t set a=$1', values: [attack] }))
    expect(serving('/', stored, () => guard.check({ ...call, text: statement }))?.attack).toBe(
      'sql-injection',
    )
  })

  it('remembers bound values also when the statement is known', () => {
    const { agent } = setUp('enforce')
    const stored = new StoredInputs()
    const guard = newGuard(agent, stored)
    const store = (value: string): unknown =>
      serving('/', stored, () => guard.check({ ...call, text: 'update t set a=$1', values: [value] }))
    store('plain')
    store(attack)
    expect([...stored.all()]).toEqual([attack])
  })

  it('does not learn a statement in which an input stands', () => {
    const { agent } = setUp('enforce')
    const stored = new StoredInputs()
    const guard = newGuard(agent, stored)
    const ask = (): unknown =>
      serving(`/?q=${encodeURIComponent(attack)}`, stored, () => guard.check({ ...call, text: statement }))
    expect(ask()).toBeInstanceOf(RefusedError)
    expect(ask()).toBeInstanceOf(RefusedError)
  })

  it('knows the bytes of the statement that was let pass last for the same request, and no others', () => {
    const { agent } = setUp('enforce')
    const stored = new StoredInputs()
    const guard = newGuard(agent, stored)
    const isNewest = (text: string): boolean => {
      const bytes = Buffer.from(`Q${text}\0`)
      return guard.isNewest(bytes, 1, bytes.length - 1)
    }
    serving('/', stored, () => {
      expect(isNewest('')).toBe(false)
      guard.check({ ...call, text: 'select 1' })
      expect([isNewest('select 1'), isNewest('select 2'), isNewest('select 11')]).toEqual([
        true,
        false,
        false,
      ])
      guard.check({ ...call, text: "select '\u00e9'" })
      expect(isNewest('select 1')).toBe(false)
      // Its only byte in another encoding, of the same length.
      const bytes = Buffer.from("select '\u00e9'", 'latin1')
      expect(guard.isNewest(bytes, 0, bytes.length)).toBe(false)
      guard.check({ ...call, text: 'select 1' })
    })
    serving('/', stored, () => expect(isNewest('select 1')).toBe(false))
    expect(isNewest('select 1')).toBe(false)
  })

  it('does not take a refused statement for one that was let pass', () => {
    const { agent } = setUp('monitor')
    const stored = new StoredInputs()
    const guard = newGuard(agent, stored)
    serving(`/?q=${encodeURIComponent(attack)}`, stored, () => {
      guard.check({ ...call, text: statement })
      expect(guard.isNewest(Buffer.from(statement), 0, statement.length)).toBe(false)
    })
    expect(agent.counters.noticed).toBe(1)
  })
})
