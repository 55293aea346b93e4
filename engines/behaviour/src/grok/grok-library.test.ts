import { describe, expect, it } from 'vitest'
import { GrokError } from './grok-error.ts'
import { GrokLibrary, grokLimits } from './grok-library.ts'

function fields(pattern: string, text: string, library: GrokLibrary = new GrokLibrary()): object | undefined {
  const found = new Map<string, string>()
  return library.compile(pattern).parse(text, found) ? Object.fromEntries(found) : undefined
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof GrokError ? error.code : String(error)
  }
}

describe('grok patterns', () => {
  const cases: readonly (readonly [
    name: string,
    pattern: string,
    text: string,
    fields: object | undefined,
  ])[] = [
    ['names what it captures', '%{WORD:verb} %{INT:code}', 'GET 200', { verb: 'GET', code: '200' }],
    ['searches anywhere', '%{INT:n}', 'a b 17 c', { n: '17' }],
    ['gives an empty text for a group that took no part', '%{WORD:a}( %{INT:b})?', 'x', { a: 'x', b: '' }],
    ['takes names of nested patterns', '%{SYSLOGPROG}', 'sshd[12]', { program: 'sshd', pid: '12' }],
    [
      'lets the outer name win over a nested one',
      '%{SYSLOGPROG} %{WORD:pid}',
      'sshd[12] x',
      { program: 'sshd', pid: 'x' },
    ],
    ['lets the later of two equal names win', '%{WORD:a} %{WORD:a}', 'x y', { a: 'y' }],
    ['counts plain groups between references', '(x)(y)?%{INT:n}', 'x7', { n: '7' }],
    ['does not count groups that do not capture', '(?:x)(?i:y)%{INT:n}', 'xY7', { n: '7' }],
    ['does not count escaped parentheses', '\\(%{INT:n}\\)', '(7)', { n: '7' }],
    ['has no match without a name to capture', 'x+', 'xxx', undefined],
    ['has no match without a named reference', '%{WORD}', 'xxx', undefined],
    ['does not match where the text differs', '^%{INT:n}$', '7x', undefined],
    ['keeps an inline flag within its pattern', '(?i)%{WORD:w} END', 'x end', { w: 'x' }],
    ['reads IPv6 with an IPv4 tail', '^%{IP:ip}$', '::ffff:192.0.2.7', { ip: '::ffff:192.0.2.7' }],
    [
      'reads the dates of web servers',
      '%{HTTPDATE:t}',
      '[10/Feb/2026:00:00:01 +0000]',
      { t: '10/Feb/2026:00:00:01 +0000' },
    ],
    [
      'stops a label of a host name at 63 characters',
      '^%{HOSTNAME:h}',
      'a'.repeat(70),
      { h: 'a'.repeat(63) },
    ],
    ['leaves an unknown form of reference as text', '%{WORD:a.b}', '%{WORD:a.b}', undefined],
  ]
  for (const [name, pattern, text, found] of cases)
    it(name, () => expect(fields(pattern, text)).toEqual(found))

  it('writes nothing when it does not match', () => {
    const found = new Map([['a', 'before']])
    expect(new GrokLibrary().compile('%{INT:a}').parse('x', found)).toBe(false)
    expect(found).toEqual(new Map([['a', 'before']]))
  })
})

describe('a library of patterns', () => {
  it('keeps the first pattern of a name', () => {
    const library = new GrokLibrary()
    expect([library.add('OWN', 'a+'), library.add('OWN', 'b+'), library.add('WORD', 'x')]).toEqual([
      true,
      false,
      false,
    ])
    expect(fields('%{OWN:o}', 'bba', library)).toEqual({ o: 'a' })
  })

  it('reads pattern files: comments are passed over, references may look ahead', () => {
    const library = new GrokLibrary()
    library.addFile('# a comment\n\nOUTER %{INNER:i}!\r\nINNER   x+\nnot a pattern line\n')
    expect(fields('%{OUTER}', 'xx!', library)).toEqual({ i: 'xx' })
  })

  it('says what is wrong with a pattern', () => {
    const library = new GrokLibrary()
    expect(codeOf(() => library.compile('%{NOBODY:x}'))).toBe('GROK_UNKNOWN_PATTERN')
    expect(codeOf(() => library.compileName('NOBODY'))).toBe('GROK_UNKNOWN_PATTERN')
    expect(codeOf(() => library.compile('%{INT:x}('))).toBe('GROK_SYNTAX')
    expect(codeOf(() => library.add('OWN', '(?=x)'))).toBe('GROK_SYNTAX')
    expect(codeOf(() => library.add('', 'x'))).toBe('GROK_SYNTAX')
  })

  it('refuses patterns that refer to each other without an end', () => {
    const library = new GrokLibrary()
    library.addFile('A %{B}\nB %{A}\n')
    expect(codeOf(() => library.compile('%{A:x}'))).toBe('GROK_LIMIT')
  })

  it('refuses patterns that grow beyond the limit', () => {
    const library = new GrokLibrary()
    const lines = Array.from({ length: 20 }, (_, n) => `P${n + 1} ${`%{P${n}}`.repeat(4)}`)
    library.addFile(`P0 ${'x'.repeat(60)}\n${lines.join('\n')}`)
    expect(codeOf(() => library.compile('%{P4:x}'))).toBeUndefined()
    expect(codeOf(() => library.compile('%{P9:x}'))).toBe('GROK_LIMIT')
    expect(grokLimits.maxExpanded).toBe(65_536)
  })

  it('takes time in proportion to the length of hostile texts', () => {
    const library = new GrokLibrary()
    for (const pattern of ['%{QS:q} %{QS:r}!', '(?:a+)+%{WORD:w}!', '%{DATA:a},%{DATA:b},%{DATA:c}!']) {
      const grok = library.compile(pattern)
      for (const text of ['a'.repeat(50_000), '","'.repeat(20_000), 'a,'.repeat(20_000)])
        expect(grok.parse(text, new Map())).toBe(false)
    }
  })
})

describe('fields that nobody reads', () => {
  const line = 'GET 200 17'
  const pattern = '%{WORD:verb} %{INT:code}( %{INT:bytes})?'

  it('are not written; whether a pattern matches stays', () => {
    const library = new GrokLibrary()
    const grok = library.compile(pattern)
    library.writeOnly({
      has: (field) => field === 'code' || field === 'bytes',
      tellsMissing: (field) => field === 'bytes',
    })
    const found = new Map([['verb', 'before']])
    expect(grok.parse(line, found)).toBe(true)
    expect(found).toEqual(new Map(Object.entries({ verb: 'before', code: '200', bytes: '17' })))
    expect(grok.parse('GET 404', found)).toBe(true)
    expect(found.get('bytes')).toBe('')
    expect(grok.fields).toEqual(['verb', 'code', 'bytes'])
  })

  it('may be all of them', () => {
    const grok = new GrokLibrary().compile(pattern)
    grok.writeOnly({ has: () => false, tellsMissing: () => false })
    const found = new Map<string, string>()
    expect([grok.parse(line, found), grok.parse('no match', found), found.size]).toEqual([true, false, 0])
  })

  it('are not written when they are empty and nobody would tell, but empty what was there', () => {
    const grok = new GrokLibrary().compile(pattern)
    grok.writeOnly({ has: () => true, tellsMissing: (field) => field === 'code' })
    const found = new Map<string, string>()
    grok.parse('GET 404', found)
    expect(found).toEqual(new Map(Object.entries({ verb: 'GET', code: '404' })))
    grok.parse(line, found)
    grok.parse('GET 404', found)
    expect(found.get('bytes')).toBe('')
  })
})

describe('a library that is finished', () => {
  it('leaves its patterns as they were, and can compile more', () => {
    const library = new GrokLibrary()
    const grok = library.compile('%{WORD:verb} %{INT:code}')
    const { needs } = grok
    library.finish()
    expect(grok.needs).toEqual(needs)
    const found = new Map<string, string>()
    expect(grok.parse('GET 200', found)).toBe(true)
    expect(Object.fromEntries(found)).toEqual({ verb: 'GET', code: '200' })
    library.writeOnly({ has: () => false, tellsMissing: () => false })
    expect(grok.parse('PUT 201', found)).toBe(true)
    expect(found.get('verb')).toBe('PUT')
    expect(fields('%{WORD:a}', 'x', library)).toEqual({ a: 'x' })
  })
})
