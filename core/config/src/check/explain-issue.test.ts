import { describe, expect, it } from 'vitest'
import { explainIssue, unknownKey } from './explain-issue.ts'
import { pathText, problemText } from './problem.ts'

describe('unknownKey', () => {
  it('names the nearest key of the same map', () => {
    expect(unknownKey(['edge', 'limits'], 'headerTimeuot')).toMatchObject({
      code: 'CONFIG_UNKNOWN_KEY',
      hint: 'did you mean headerTimeout',
    })
    expect(unknownKey(['sites', 4], 'upstraem')).toMatchObject({ hint: 'did you mean upstream' })
    expect(unknownKey([], 'Sites')).toMatchObject({ hint: 'did you mean sites' })
  })

  it('names the place of a key that belongs elsewhere', () => {
    expect(unknownKey([], 'banDuration')).toMatchObject({ hint: 'did you mean detection.banDuration' })
    expect(unknownKey(['edge'], 'trustedProxies')).toMatchObject({
      hint: 'did you mean sites[].trustedProxies',
    })
  })

  it('lists what there is when nothing is near', () => {
    expect(unknownKey(['storage'], 'zebra')).toMatchObject({ hint: 'valid keys are budget' })
  })

  it('says where secrets belong when a key looks like one', () => {
    for (const key of ['password', 'api_key', 'token', 'clientSecret']) {
      expect(unknownKey(['admin'], key)).toMatchObject({ code: 'CONFIG_LITERAL_SECRET' })
    }
  })

  it('shows long and odd keys harmlessly', () => {
    const { message } = unknownKey([], `\u001b[2J${'x'.repeat(500)}`)
    expect(message).toMatch(/^[\x20-\x7e]{1,120}$/)
  })
})

describe('explainIssue', () => {
  type Issue = Parameters<typeof explainIssue>[0]

  const missing: Issue = {
    code: 'invalid_type',
    expected: 'string',
    path: ['sites', 0, 'name'],
    message: 'Invalid input: expected string',
    input: undefined,
  }
  const bound = (code: 'too_big' | 'too_small', origin: 'number' | 'string' | 'array'): Issue => {
    const base = { path: ['edge', 'paranoia'], message: 'm', input: 0, inclusive: true, origin }
    return code === 'too_big' ? { ...base, code, maximum: 4 } : { ...base, code, minimum: 1 }
  }

  it('tells what is missing from what is wrong', () => {
    expect(explainIssue(missing, undefined)).toMatchObject([
      { code: 'CONFIG_MISSING', message: 'name is missing in sites[0]' },
    ])
    expect(explainIssue(missing, 5)).toMatchObject([{ code: 'CONFIG_VALUE', message: 'name must be text' }])
  })

  it('counts characters, entries and numbers in their own words', () => {
    expect(explainIssue(bound('too_big', 'number'), 9)[0]?.message).toBe('paranoia must be at most 4')
    expect(explainIssue(bound('too_big', 'string'), 'x')[0]?.message).toBe(
      'paranoia must have at most 4 characters',
    )
    expect(explainIssue(bound('too_big', 'array'), [])[0]?.message).toBe(
      'paranoia must have at most 4 entries',
    )
    expect(explainIssue(bound('too_small', 'number'), 0)[0]?.message).toBe('paranoia must be at least 1')
  })

  it('makes one finding of each unknown key', () => {
    const issue: Issue = {
      code: 'unrecognized_keys',
      keys: ['a', 'b'],
      path: ['edge'],
      message: 'm',
      input: {},
    }
    expect(explainIssue(issue, {})).toHaveLength(2)
  })

  it('names the file when the whole of it is wrong', () => {
    expect(explainIssue({ ...missing, path: [] }, 'x')[0]?.message).toBe('the file must be text')
  })
})

describe('problemText', () => {
  it('has the form of a compiler, with the hint on a line of its own', () => {
    const problem = {
      code: 'CONFIG_VALUE',
      file: 'a.yaml',
      line: 3,
      column: 5,
      path: 'x',
      message: 'm',
    } as const
    expect(problemText(problem)).toBe('a.yaml:3:5: error: m')
    expect(problemText({ ...problem, hint: 'h' })).toBe('a.yaml:3:5: error: m\n  hint: h')
  })
})

describe('pathText', () => {
  it('writes lists in brackets and maps with dots', () => {
    expect(pathText(['sites', 0, 'hosts', 2])).toBe('sites[0].hosts[2]')
    expect(pathText([])).toBe('')
  })
})
