import { describe, expect, it } from 'vitest'
import { madeProof } from '../../test/made-proof.ts'
import { markdownReport } from './markdown.ts'
import { summariseClasses } from './summary.ts'
import { terminalReport } from './terminal.ts'

const expected = `
                                      alone
  attack                      none    edge        detection   all         depth
sql-injection
  sql-union-search            works   stopped     seen 2.0s   stopped     2 ■■
  sql-cookie-base64           works   –           –           –           0
xss
  xss-search-script           works   stopped     –           stopped     1 ■
header-spoofing
  spoofed-address             works   – failed    –           – failed    0

4 attacks in 3 classes, working on the bare application. With all layers: 2 stopped, 0 detected, 2 missed.

No layer stops or detects (2):
  sql-cookie-base64, spoofed-address

Single point of failure: edge alone stands against (1):
  xss-search-script

What closes them next:
  sql-injection               network: databases that only the application can reach
  xss                         runtime: what was stored and comes back into a page
  header-spoofing             identity: callers that prove who they are

Innocent visits: 1, blocked: 0
`

describe('terminalReport', () => {
  it('shows attack by layer, depth, single points by name, and innocent visits', () => {
    const text = terminalReport(madeProof(), { color: false, width: 100 })
    const lines = text.split('\n').map((line) => line.trimEnd())
    expect(lines.slice(0, -4).join('\n')).toBe(expected.slice(1, -1))
  })

  it('stays within 100 columns and uses no escapes without colour', () => {
    const text = terminalReport(madeProof(), { color: false, width: 100 })
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
    expect(text).not.toContain('\u001b')
    expect(terminalReport(madeProof(), { color: true, width: 100 })).toContain('\u001b[32mstopped')
  })

  it('names errors of the test and blocked visits', () => {
    const blocked = { name: 'crawler', blocked: true, reason: 'edge: waf 1' }
    const text = terminalReport(madeProof({ withInvalid: true, benign: [blocked] }), {
      color: false,
      width: 80,
    })
    expect(text).toContain('redos-coupon                fails')
    expect(text).toContain('Errors of the test')
    expect(text).toContain('blocked: 1\n  crawler (edge: waf 1)')
  })
})

describe('markdownReport', () => {
  it('has a table of classes, single points and every attack', () => {
    const text = markdownReport(madeProof())
    expect(text).toContain('| sql-injection | 2 | **1** stopped | 1 seen | **1** stopped | 0–2 |')
    expect(text).toContain('- edge alone stands against `xss-search-script`')
    expect(text).toContain('- no layer stops or detects `sql-cookie-base64`, `spoofed-address`')
    expect(text).toContain('| `sql-union-search` | 89 | T1190 | works | stopped | seen 2.0s | stopped | 2 |')
    const widths = text
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').length)
    expect(new Set(widths)).toEqual(new Set([8, 10]))
  })
})

describe('summariseClasses', () => {
  it('leaves out attacks that do not work', () => {
    expect(summariseClasses(madeProof({ withInvalid: true })).map((entry) => entry.class)).toEqual([
      'sql-injection',
      'xss',
      'header-spoofing',
    ])
  })
})
