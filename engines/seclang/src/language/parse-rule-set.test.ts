import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { maxIncludeDepth, parseRuleSet } from './parse-rule-set.ts'
import { noRuleFiles } from './rule-files.ts'
import type { RuleFiles } from './rule-files.ts'
import { faultText, SeclangError } from './seclang-error.ts'

function read(text: string, files: RuleFiles = noRuleFiles): ReturnType<typeof parseRuleSet> {
  return parseRuleSet([{ file: 'a.conf', text }], files)
}

function faults(text: string, files?: RuleFiles): string[] {
  try {
    read(text, files)
  } catch (error) {
    if (error instanceof SeclangError) return error.faults.map(faultText)
    throw error
  }
  return []
}

const refused: readonly (readonly [text: string, fault: string])[] = [
  ['SecRul ARGS "x" "id:1"', "a.conf:1:1: unknown directive near 'SecRul' (did you mean 'SecRule'?)"],
  ['SecRule ARG "x" "id:1"', "a.conf:1:9: unknown variable near 'ARG' (did you mean 'ARGS'?)"],
  ['SecRule ARGS "x" "id:1,phaze:2"', "a.conf:1:24: unknown action near 'phaze' (did you mean 'phase'?)"],
  [
    'SecRule ARGS "x" \\\n  "id:1,\\\n   denyy"',
    "a.conf:3:4: unknown action near 'denyy' (did you mean 'deny'?)",
  ],
  ['SecRule ARGS "x"', "a.conf:1:1: rule has no id near 'SecRule'"],
  ['SecRuleEngine Maybe', "a.conf:1:15: expected one of on, off, detectiononly near 'Maybe'"],
  ['SecRequestBodyLimit 12x', "a.conf:1:21: expected a number from 0 to 1099511627776 near '12x'"],
  [
    'SecRuleScript /x.lua',
    "a.conf:1:1: directive is not supported: Lua scripts are never run near 'SecRuleScript'",
  ],
  [
    'SecRule WEBSERVER_ERROR_LOG "x" "id:1"',
    "a.conf:1:9: variable is not supported: there is no web server error log inside the engine near 'WEBSERVER_ERROR_LOG'",
  ],
  [
    'SecAction "id:1,setvar:tz.a=1"',
    "a.conf:1:17: not a collection that rules can write near 'tz' (did you mean 'TX'?)",
  ],
  [
    'SecAction "id:1,ctl:ruleRemovById=1"',
    "a.conf:1:17: unknown ctl option near 'ruleRemovById' (did you mean 'ruleremovebyid'?)",
  ],
  [
    'SecAction "id:1,msg:\'%{REQUEST_HEADER.a}\'"',
    "a.conf:1:19: unknown variable in a macro near 'REQUEST_HEADER' (did you mean 'REQUEST_HEADERS'?)",
  ],
  ['SecAction "id:0"', "a.conf:1:12: expected a number from 1 to 4294967295 near '0'"],
  ['SecAction "id:1,phase:6"', "a.conf:1:17: expected a number from 1 to 5 near '6'"],
  ['SecDefaultAction "phase:1,log"', 'a.conf:1:19: default actions need a disruptive action'],
  ['SecDefaultAction "phase:1,pass,t:none"', 'a.conf:1:19: t:none does not belong into default actions'],
  ['Include other.conf', "a.conf:1:9: no such file near 'other.conf'"],
  ['SecRule REQUEST_METHOD:x "x" "id:1"', "a.conf:1:24: REQUEST_METHOD has no members near 'x'"],
  [
    'SecAction "id:1,exec:/bin/sh"',
    "a.conf:1:12: action is not supported: scripts are never run near 'exec'",
  ],
]

describe('reading rule files', () => {
  it.each(refused)('refuses %j with place, token and nearest name', (text, fault) => {
    expect(faults(text)[0]).toContain(fault.replace(/^a\.conf:1:12: action is/, 'a.conf:1:17: action is'))
  })

  it('reports every fault of a rule set, not just the first', () => {
    expect(faults('SecRul a\nSecAction "id:1,wat"\nSecRuleEngine Maybe')).toHaveLength(3)
  })

  it('takes continuation lines, comments over several lines, and both kinds of quotes', () => {
    const { items } = read(
      "# a comment \\\n still the comment\nSecRule ARGS|!ARGS:x \\\n   '@rx a\"b' \\\n   \"id:7,msg:'it\\'s, fine'\"",
    )
    const [item] = items
    expect(items).toHaveLength(1)
    expect(item?.kind === 'rule' && item.rule.operator?.param).toBe('a"b')
    expect(item?.kind === 'rule' && item.rule.actions.msg?.source).toBe("it's, fine")
    expect(item?.kind === 'rule' && item.rule.targets.map((target) => target.exclude)).toEqual([false, true])
  })

  it('keeps bars inside regular expressions of selectors', () => {
    const { items } = read('SecRule TX:/a|b/|ARGS:\'/c|d/\'|XML:/* "x" "id:1"')
    const targets = items[0]?.kind === 'rule' ? items[0].rule.targets : []
    expect(targets.map((target) => target.selector)).toEqual([
      { kind: 'regex', pattern: 'a|b' },
      { kind: 'regex', pattern: 'c|d' },
      { kind: 'key', key: '/*', written: '/*' },
    ])
  })

  it('joins chained rules, and leaves out a chain that never ends', () => {
    const whole = read('SecRule ARGS "a" "id:1,chain"\nSecRule ARGS "b" "chain"\nSecRule ARGS "c"')
    expect(whole.items[0]?.kind === 'rule' && whole.items[0].rule.links).toHaveLength(2)
    const open = read('SecRule ARGS "a" "id:1,chain"')
    expect(open.items).toEqual([])
    expect(open.warnings[0]?.message).toContain('chain has no further rule')
  })

  it('removes and updates rules by id, tag and message once all are read', () => {
    const { items, warnings } = read(
      [
        'SecRuleRemoveById 1 10-12',
        'SecRuleRemoveByTag gone',
        'SecRuleUpdateTargetById 20 "!ARGS:a"',
        'SecRuleUpdateActionById 20 "pass"',
        'SecRuleRemoveById 999',
        'SecAction "id:1"',
        'SecAction "id:11"',
        'SecAction "id:13,tag:\'is/gone\'"',
        'SecRule ARGS "x" "id:20,deny"',
      ].join('\n'),
    )
    expect(items).toHaveLength(1)
    const rule = items[0]?.kind === 'rule' ? items[0].rule : undefined
    expect(rule?.targets).toHaveLength(2)
    expect(rule?.actions.disruptive).toEqual({ kind: 'pass' })
    expect(warnings.map((warning) => warning.message)).toEqual(['no rule is selected'])
  })

  it.each([
    ['SecRuleRemoveByTag "^attack-(?:sqli|xss)$"', ['2']],
    ['SecRuleRemoveByTag attack-', []],
    ['SecRuleRemoveByTag "attack-s.*i"', ['2', '3']],
    ['SecRuleRemoveByTag "attack-("', ['1', '2', '3']],
    ['SecRuleRemoveByMsg "^Fir"', ['2', '3']],
    ['SecRuleRemoveByMsg ""', ['1']],
  ])('%s leaves the rules %j', (line, kept) => {
    const rules = ['sqli,msg:First', 'rce', 'xss'].map(
      (tag, at) => `SecAction "id:${at + 1},tag:attack-${tag}"`,
    )
    const { items } = read([...rules, line].join('\n'))
    expect(items.flatMap((item) => (item.kind === 'rule' ? [String(item.rule.actions.id)] : []))).toEqual(
      kept,
    )
  })

  it('takes a comment behind a whole directive, and no other sign for one', () => {
    const { items, settings } = read(
      'SecRuleEngine On # on\nSecRule ARGS #x "id:1" # one\nSecRule ARGS "#y" "id:2,msg:\'#\'" #two',
    )
    expect(settings.engine).toBe('on')
    const params = items.map((item) => (item.kind === 'rule' ? item.rule.operator?.param : ''))
    expect(params).toEqual(['#x', '#y'])
  })

  it('takes a comma between variables where a variable follows it', () => {
    const { items } = read('SecRule "ARGS:a,b, REQUEST_HEADERS:x,!ARGS:/c,d/,&TX:z,args_names" "x" "id:1"')
    const targets = items[0]?.kind === 'rule' ? items[0].rule.targets : []
    expect(
      targets.map(({ name, selector }) => `${name} ${'key' in selector ? selector.key : selector.kind}`),
    ).toEqual(['ARGS a,b', 'REQUEST_HEADERS x', 'ARGS regex', 'TX z', 'ARGS_NAMES all'])
  })

  it('lets rules of a text that yields give way to rules with the same id, wherever these stand', () => {
    const own = { file: 'own', text: 'SecAction "id:1,msg:own"\nSecAction "id:2"', yields: true }
    const other = { file: 'a.conf', text: 'SecAction "id:1,msg:other"\nSecAction "id:3"' }
    const { items } = parseRuleSet([own, other], noRuleFiles)
    const shown = items.map((item) =>
      item.kind === 'rule' ? `${item.rule.at.file} ${item.rule.actions.id}` : '',
    )
    expect(shown).toEqual(['own 2', 'a.conf 1', 'a.conf 3'])
  })

  it('passes over optional files that are missing', () => {
    const files: RuleFiles = {
      resolve: (path) => [path],
      read: (path) => {
        if (path === 'none') throw new Error('ENOENT')
        return 'SecAction "id:1"'
      },
    }
    expect(read('IncludeOptional none\nIncludeOptional one', files).items).toHaveLength(1)
    expect(faults('Include none', files)[0]).toContain('cannot be read: ENOENT')
  })

  it('reads included files in order and stops at a cycle', () => {
    const files: RuleFiles = {
      resolve: (path) => (path === '*.inc' ? ['1.inc', '2.inc'] : [path]),
      read: (path) => (path === 'loop' ? 'Include loop' : `SecAction "id:${path.slice(0, 1)}"`),
    }
    expect(read('Include *.inc', files).items).toHaveLength(2)
    expect(faults('Include loop', files)[0]).toContain(`Include nests deeper than ${maxIncludeDepth}`)
  })

  it('warns about directives that mean nothing here', () => {
    expect(read('SecTmpDir /tmp').warnings[0]?.message).toBe('SecTmpDir has no effect: no temporary files')
  })

  it('gives a rule set or a list of faults for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const line = `SecRule ${text}`
        expect(Array.isArray(faults(line))).toBe(true)
        expect(Array.isArray(faults(text))).toBe(true)
      }),
    )
  })
})
