import { describe, expect, it } from 'vitest'
import type { ConnectionInfo } from '@sevenfold/event'
import { noRuleFiles } from '../language/rule-files.ts'
import { SeclangError } from '../language/seclang-error.ts'
import { createSeclangInspector } from '../transaction/seclang-inspector.ts'
import { lintRuleSet } from '../tools/lint/lint-rule-set.ts'
import { compileRuleSet } from './compile-rule-set.ts'
import type { CompiledRuleSet } from './compiled-rule-set.ts'

const connection: ConnectionInfo = {
  clientAddress: '192.0.2.7',
  clientPort: 40_000,
  serverAddress: '192.0.2.1',
  serverPort: 443,
  tls: true,
  requestId: 'leave-out',
  startedAtMs: 1_760_000_000_000,
}

const published = 'crs/rules.conf'
const inFull = `SecRuleEngine On
SecRule REMOTE_ADDR "@rbl list.example" "id:1,phase:1,deny"
SecRule REMOTE_ADDR "!@geoLookup" "id:2,phase:1,deny"
SecRule ARGS "@rx a(?=b)" "id:3,phase:1,deny"
SecRule ARGS "!@rx a(?!b)c" "id:4,phase:1,deny"
SecRule ARGS "@rx x" "id:5,phase:1,deny,chain"
SecRule REMOTE_ADDR "@inspectFile /bin/true" "t:none"
SecRule ARGS "@rx b" "id:6,phase:1,skip:1,pass,nolog"
SecRule ARGS "@rx (a)\\1" "id:7,phase:1,deny"
SecRule ARGS "@rx b" "id:8,phase:1,deny,status:418"
`

function compile(text: string, leaveOut: (file: string) => boolean): CompiledRuleSet {
  return compileRuleSet([{ file: published, text }], { files: noRuleFiles, leaveOut })
}

function judge(ruleSet: CompiledRuleSet, target: string): unknown {
  const inspection = createSeclangInspector(ruleSet).open(connection)
  const verdict = inspection.requestHead({
    kind: 'request',
    method: 'GET',
    target,
    version: '1.1',
    headers: [],
  })
  inspection.close()
  return 'status' in verdict ? verdict.status : verdict.kind
}

describe('rules of a published set that need what is not there', () => {
  it('are left out where that is allowed, each with its id, place and reason', () => {
    const { warnings, rules } = compile(inFull, (file) => file === published)
    expect(warnings.map(({ kind, at, message }) => `${kind} ${at.line}:${at.column} ${message}`)).toEqual([
      'left-out 2:22 rule 1 is left out: @rbl is not supported: it needs a DNS query during the request',
      'left-out 3:23 rule 2 is left out: @geoLookup is not supported: it needs a GeoIP database',
      expect.stringMatching(/^left-out 4:15 rule 3 is left out: lookahead/),
      expect.stringMatching(/^left-out 5:16 rule 4 is left out: lookahead/),
      'left-out 7:22 rule 5 is left out: @inspectFile is not supported: it needs an external script or Lua',
      expect.stringMatching(/^left-out 9:15 rule 7 is left out: backreference/),
    ])
    expect(rules.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('never match, negated ones neither, and keep their place among the others', () => {
    const ruleSet = compile(inFull, () => true)
    for (const target of ['/', '/?q=ab', '/?q=x', '/?q=aa']) {
      // 6 skips one rule: 7, which is still counted, so that 8 is judged.
      expect(judge(ruleSet, target)).toBe(target.includes('b') ? 418 : 'pass')
    }
  })

  it('are findings of lint', () => {
    const kinds = lintRuleSet(compile(inFull, () => true)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'left-out')).toHaveLength(6)
  })

  it('are looked at by lint as the engine reads them, patterns with a rewritten end included', () => {
    const text = 'SecRule ARGS "@rx <\\?(?!xml)" "id:1,phase:1,deny"\n'
    expect(lintRuleSet(compile(text, () => false))).toEqual([])
  })

  it.each([
    ['by default', undefined],
    ['in a file of one’s own', (file: string) => file !== published],
  ])('refuse the set %s', (_, leaveOut) => {
    const options = leaveOut === undefined ? {} : { leaveOut }
    let caught: unknown
    try {
      compileRuleSet([{ file: published, text: inFull }], { files: noRuleFiles, ...options })
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(SeclangError)
    if (!(caught instanceof SeclangError)) return
    expect(caught.faults.map(({ at, code }) => `${at.line} ${code}`)).toEqual(
      [2, 3, 4, 5, 7, 9].map((line) => `${line} WAF_RULE_UNSUPPORTED`),
    )
  })

  it.each([
    ['a pattern that is malformed', 'SecRule ARGS "@rx (" "id:1,phase:1"'],
    ['an unknown operator', 'SecRule ARGS "@nope x" "id:1,phase:1"'],
    ['an unknown variable', 'SecRule ARGZ "@rx x" "id:1,phase:1"'],
    ['a Lua script', 'SecRuleScript x.lua "id:1,phase:1"'],
    ['rules from the network', 'SecRemoteRules key https://rules.example/'],
  ])('are not meant: %s still refuses it', (_, text) => {
    expect(() => compile(`${text}\n`, () => true)).toThrow(SeclangError)
  })
})

describe('a quote that is never closed', () => {
  it('is the fault that is told when the directive makes no sense with it', () => {
    const text = 'SecRuleEngine On\nSecRule ARGS "@rx foo\n'
    expect(() => compile(text, () => false)).toThrow(/rules\.conf:2:14: quote is never closed/)
  })

  it('is a warning of its own kind when it does', () => {
    const ruleSet = compile('SecRule ARGS "@rx foo" "id:1,phase:1,deny\n', () => false)
    expect(lintRuleSet(ruleSet).map(({ kind }) => kind)).toContain('open-quote')
  })
})

describe('Include of what is not there', () => {
  it('is a fault with its place, whatever the files throw', () => {
    const files = {
      resolve: (): readonly string[] => {
        throw new Error('no such folder')
      },
      read: noRuleFiles.read,
    }
    const text = 'SecRuleEngine On\nInclude "none/*.conf"\n'
    expect(() => compileRuleSet([{ file: 'a.conf', text }], { files })).toThrow(
      /a\.conf:2:10: cannot be read: no such folder near 'none\/\*\.conf'/,
    )
  })
})
