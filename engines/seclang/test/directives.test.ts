import { describe, expect, it } from 'vitest'
import {
  directiveSpelling,
  ignoredDirectives,
  refusedDirectives,
  settingDirectives,
} from '../src/language/directive-table.ts'
import { parseRuleSet } from '../src/language/parse-rule-set.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import { faultText, SeclangError } from '../src/language/seclang-error.ts'

/** Faults of a text that begins on line 3, so that lines are counted and not guessed. */
function faults(line: string): string[] {
  try {
    parseRuleSet([{ file: 'x.conf', text: `# first\n\n${line}` }], { ...noRuleFiles })
  } catch (error) {
    if (error instanceof SeclangError) return error.faults.map(faultText)
    throw error
  }
  return []
}

const spelling = (name: string): string => directiveSpelling.get(name) ?? name
const number = 'a number from 0 to 1099511627776'
const toggle = 'one of on, off'

/** For every directive with one argument: arguments that are taken, and ones that are not with what is asked for. */
const settings: Readonly<Record<string, { good: readonly string[]; bad: readonly string[]; wants: string }>> =
  {
    secargumentseparator: { good: ['&', ';'], bad: ['&&', 'ab'], wants: 'one character' },
    secargumentslimit: {
      good: ['0', '1099511627776'],
      bad: ['-1', '1099511627777', '1k', 'x'],
      wants: number,
    },
    secauditengine: {
      good: ['On', 'off', 'RelevantOnly'],
      bad: ['Maybe', '1'],
      wants: 'one of on, off, relevantonly',
    },
    secauditlogformat: { good: ['JSON', 'Native'], bad: ['XML'], wants: 'one of json, native' },
    secauditlogparts: { good: ['ABCZ', 'az'], bad: [], wants: '' },
    secauditlogrelevantstatus: { good: ['^5'], bad: [], wants: '' },
    seccollectiontimeout: { good: ['600', '0'], bad: ['10m', '-5'], wants: number },
    seccomponentsignature: { good: ['a/1'], bad: [], wants: '' },
    seccookieformat: { good: ['0', '1'], bad: ['2', 'new'], wants: 'one of 0, 1' },
    seccookiev0separator: { good: [';'], bad: [], wants: '' },
    secrequestbodyaccess: { good: ['On', 'Off', 'on'], bad: ['Yes', 'true'], wants: toggle },
    secrequestbodyjsondepthlimit: { good: ['512'], bad: ['deep'], wants: number },
    secrequestbodylimit: { good: ['13107200'], bad: ['13M', '1.5'], wants: number },
    secrequestbodylimitaction: {
      good: ['Reject', 'ProcessPartial'],
      bad: ['Drop'],
      wants: 'one of reject, processpartial',
    },
    secrequestbodynofileslimit: { good: ['131072'], bad: ['128K'], wants: number },
    secresponsebodyaccess: { good: ['On'], bad: ['0'], wants: toggle },
    secresponsebodylimit: { good: ['524288'], bad: ['all'], wants: number },
    secresponsebodylimitaction: {
      good: ['Reject', 'processpartial'],
      bad: ['Truncate'],
      wants: 'one of reject, processpartial',
    },
    secruleengine: {
      good: ['On', 'Off', 'DetectionOnly'],
      bad: ['Detect'],
      wants: 'one of on, off, detectiononly',
    },
    secsensorid: { good: ['s'], bad: [], wants: '' },
    secserversignature: { good: ['x'], bad: [], wants: '' },
    secuploadfilelimit: { good: ['100'], bad: ['many'], wants: number },
    secwebappid: { good: ['app'], bad: [], wants: '' },
    secxmlexternalentity: { good: ['Off'], bad: ['Perhaps'], wants: toggle },
    secparsexmlintoargs: {
      good: ['On', 'Off', 'OnlyArgs'],
      bad: ['Some'],
      wants: 'one of on, off, onlyargs',
    },
  }

describe('directives with one argument', () => {
  it('are all in the table of this test', () => {
    expect(Object.keys(settings).toSorted()).toEqual(Object.keys(settingDirectives).toSorted())
  })

  const cases = Object.entries(settings)
  it.each(cases.flatMap(([name, { good }]) => good.map((argument) => [spelling(name), argument])))(
    '%s takes %s, in any case and with quotes',
    (name, argument) => {
      expect(faults(`${name} ${argument}`)).toEqual([])
      expect(faults(`${name.toUpperCase()} "${argument}"`)).toEqual([])
    },
  )

  it.each(
    cases.flatMap(([name, { bad, wants }]) => bad.map((argument) => [spelling(name), argument, wants])),
  )('%s refuses %s and names the place and what it wants', (name, argument, wants) => {
    expect(faults(`${name} ${argument}`)).toEqual([
      `x.conf:3:${name.length + 2}: expected ${wants} near '${argument}'`,
    ])
    // Behind white space the column moves along.
    expect(faults(`  ${name}   ${argument}`)).toEqual([
      `x.conf:3:${name.length + 6}: expected ${wants} near '${argument}'`,
    ])
  })

  it.each(cases.map(([name]) => spelling(name)))('%s needs its argument', (name) => {
    expect(faults(name).join()).toMatch(/^x\.conf:3:\d+: /)
  })
})

describe('names of directives', () => {
  const names = [...directiveSpelling.values()]

  it.each(names)('%s is found again when two letters change places', (name) => {
    const wrong = `${name.slice(0, -2)}${name.at(-1) ?? ''}${name.at(-2) ?? ''}`
    const [fault = ''] = faults(`${wrong} x`)
    if (wrong === name) return
    expect(fault).toMatch(/^x\.conf:3:1: unknown directive near /)
    // A shorter or longer sister may be as near.
    const [, hint = ''] = /did you mean '([^']+)'/.exec(fault) ?? []
    expect(names).toContain(hint)
    expect(hint.slice(0, 6).toLowerCase()).toBe(name.slice(0, 6).toLowerCase())
  })

  it('that are like none get no advice', () => {
    expect(faults('Frobnicate 1')).toEqual(["x.conf:3:1: unknown directive near 'Frobnicate'"])
  })

  it.each(Object.entries(ignoredDirectives))('%s has no effect and says why', (name, reason) => {
    const { warnings } = parseRuleSet([{ file: 'x.conf', text: `${spelling(name)} On` }], noRuleFiles)
    expect(warnings.map(({ message }) => message).join()).toContain(reason)
  })

  it.each(Object.entries(refusedDirectives))('%s is refused with the reason', (name, reason) => {
    expect(faults(`${spelling(name)} a b`)).toEqual([
      `x.conf:3:1: directive is not supported: ${reason} near '${spelling(name)}'`,
    ])
  })
})

describe('a text with several faults', () => {
  it('names them all, in order', () => {
    const text = 'SecRuleEngine Perhaps\nSecRul x\nSecAction "id:1,phase:9"\nSecRequestBodyLimit lots'
    const places = faults(text).map((fault) => fault.split(':').slice(0, 2).join(':'))
    expect(places).toEqual(['x.conf:3', 'x.conf:4', 'x.conf:5', 'x.conf:6'])
  })

  it.each([
    ['a line that goes on', 'SecRule ARGS \\\n  "@rx x" \\\n  "id:1,\\\n  phaze:1"', 'x.conf:6:3'],
    ['a line with CRLF', 'SecAction "id:1"\r\nSecActio x\r\n', 'x.conf:4:1'],
    ['a tab before', '\tSecActio x', 'x.conf:3:2'],
    ['a comment between', '# SecActio\nSecActio x', 'x.conf:4:1'],
  ])('has the place of each: %s', (_, text, place) => {
    expect(faults(text)[0]?.startsWith(`${place}: `), faults(text)[0]).toBe(true)
  })
})
