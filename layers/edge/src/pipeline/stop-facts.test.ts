import { describe, expect, it } from 'vitest'
import { spoofedAddress, stopFacts } from './stop-facts.ts'

describe('what a stop is known by', () => {
  it('is the rule of the gravest match', () => {
    const match = { ruleId: '942100', message: 'SQL injection', severity: 2, disruptive: false }
    const report = { matches: [match], steps: 1 } as never // of a match, what is read here
    expect(stopFacts({ kind: 'deny', status: 403 }, report)).toEqual({
      rule: '942100',
      message: 'SQL injection',
    })
  })

  it('is the failure of the inspection where there is no verdict', () => {
    expect(stopFacts({ kind: 'fault', reason: 'error', detail: 'x' }, null)).toEqual({
      rule: 'inspection-failed-error',
      message: 'x',
    })
    expect(stopFacts({ kind: 'exhausted' }, null).rule).toBe('inspection-failed-steps')
    expect(stopFacts({ kind: 'drop' }, null)).toEqual({ rule: 'unknown', message: '' })
  })

  it('names the headers that claimed an address', () => {
    expect(spoofedAddress('X-Forwarded-For: 1.2.3.4\r\nForwarded: for=x\r\n')).toEqual({
      step: 'limits',
      verdict: 'pass',
      rule: 'EDGE_SPOOFED_ADDRESS',
      message: 'headers about the client or the target were removed: X-Forwarded-For, Forwarded',
    })
  })
})
