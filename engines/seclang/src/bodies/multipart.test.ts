import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { cleanMultipartFlags, maxPartHeaderBytes, parseMultipartBody } from './multipart.ts'
import type { MultipartFlags } from './multipart.ts'

const type = 'multipart/form-data; boundary=XX'
const options = { contentType: type, maxArguments: 10, maxDepth: 0, maxFiles: 2 }
const part = (disposition: string, data: string): string =>
  `--XX\r\nContent-Disposition: ${disposition}\r\n\r\n${data}\r\n`
const good = `${part('form-data; name="a"', '1')}${part('form-data; name="f"; filename="x.png"', 'PNG\r\n\0')}--XX--\r\n`

function parse(body: string, contentType = type): ReturnType<typeof parseMultipartBody> {
  return parseMultipartBody(body, { ...options, contentType })
}

function raised(body: string, contentType = type): string[] {
  const { multipart } = parse(body, contentType)
  const flags: Partial<MultipartFlags> = multipart?.flags ?? {}
  const clean = cleanMultipartFlags()
  return Object.entries(flags)
    .filter(([name, value]) => value !== clean[name as keyof MultipartFlags] && name !== 'crlfLine')
    .map(([name]) => name)
    .toSorted()
}

const deviations: readonly (readonly [
  what: string,
  body: string,
  contentType: string,
  flags: readonly string[],
])[] = [
  ['a quoted boundary', good, 'multipart/form-data; boundary="XX"', ['boundaryQuoted']],
  [
    'white space before the boundary',
    good.replaceAll('--XX', '-- XX'),
    'multipart/form-data; boundary= XX',
    ['boundaryWhitespace'],
  ],
  ['a missing semicolon', good, 'multipart/form-data boundary=XX', ['missingSemicolon']],
  ['data before the first delimiter', `x\r\n${good}`, type, ['dataBefore']],
  ['data after the last delimiter', `${good}x`, type, ['dataAfter']],
  ['bare line feeds', good.replaceAll('\r\n', '\n'), type, ['lfLine']],
  ['a folded header', good.replace('; name="a"', ';\r\n name="a"'), type, ['headerFolding']],
  [
    'a header folded with a form feed',
    good.replace('; name="a"', ';\r\n\fname="a"'),
    type,
    ['headerFolding', 'invalidHeaderFolding'],
  ],
  ['single quotes', good.replace('name="a"', "name='a'"), type, ['invalidQuoting']],
  ['a line that looks like a delimiter', good.replace('PNG', '--YY\r\n'), type, ['unmatchedBoundary']],
  [
    'too many files',
    `${part('form-data; name="f"; filename="1"', '')}${part('form-data; name="f"; filename="2"', '')}${part('form-data; name="f"; filename="3"', '')}--XX--`,
    type,
    ['fileLimitExceeded'],
  ],
]

const broken: readonly (readonly [what: string, body: string, contentType: string, error: string])[] = [
  ['no final delimiter', good.replace('--XX--', ''), type, 'Final boundary missing'],
  ['no delimiter at all', 'a=1', type, 'No boundaries found'],
  ['a second final delimiter', `${good}--XX--\r\n`, type, 'final duplicate'],
  ['two boundaries', good, 'multipart/form-data; boundary=XX; boundary=YY', 'Multiple boundary'],
  ['an empty boundary', good, 'multipart/form-data; boundary=', 'empty'],
  ['a boundary with a wrong byte', good, 'multipart/form-data; boundary=X{X', 'characters'],
  ['a boundary in half a quote', good, 'multipart/form-data; boundary="XX', 'quote'],
  ['a boundary written BOUNDARY', good, 'multipart/form-data; BOUNDARY=XX', 'case sensitivity'],
  ['no disposition', '--XX\r\nX: y\r\n\r\n1\r\n--XX--', type, 'missing Content-Disposition'],
  ['a header without colon', '--XX\r\nX\r\n\r\n1\r\n--XX--', type, 'colon missing'],
  ['a header without name', '--XX\r\n: x\r\n\r\n1\r\n--XX--', type, 'header name missing'],
  ['the same header twice', '--XX\r\nA: 1\r\nA: 2\r\n\r\n1\r\n--XX--', type, 'Duplicate part header'],
  ['a NUL in a header', '--XX\r\nA: \0\r\n\r\n1\r\n--XX--', type, 'Nul byte'],
  ['two names', part('form-data; name="a"; name="b"', ''), type, 'Duplicate Content-Disposition name'],
  ['another disposition', part('attachment; name="a"', ''), type, 'not form-data'],
  ['an unknown parameter', part('form-data; name="a"; x=1', ''), type, 'unknown parameter'],
  ['an open quote', part('form-data; name="a', ''), type, 'quote is never closed'],
  ['a filename* without charset', part("form-data; name=a; filename*=''x", ''), type, '-16'],
]

describe('multipart bodies', () => {
  it('gives fields as arguments and files apart', () => {
    const { args, multipart, error } = parse(good)
    expect(error).toBeNull()
    expect(args).toEqual({ names: ['a'], values: ['1'] })
    expect(multipart?.files).toEqual([{ field: 'f', fileName: 'x.png', content: 'PNG\r\n\0' }])
    expect(multipart?.partHeaders.names).toEqual(['a', 'f'])
    expect(raised(good)).toEqual([])
  })

  it.each(deviations)('flags %s', (_what, body, contentType, flags) => {
    expect(raised(body.replaceAll('-- XX', '-- XX'), contentType).filter((flag) => flag !== 'error')).toEqual(
      expect.arrayContaining([...flags]),
    )
  })

  it.each(broken)('refuses %s', (_what, body, contentType, error) => {
    expect(parse(body, contentType).error).toContain(error)
    expect(parse(body, contentType).multipart?.flags.error).toBe(true)
  })

  it('takes a header line up to the limit and not beyond', () => {
    const line = (length: number): string =>
      `--XX\r\nContent-Disposition: form-data; name="a"\r\nX: ${'y'.repeat(length - 3)}\r\n\r\n\r\n--XX--`
    expect(parse(line(maxPartHeaderBytes)).error).toBeNull()
    expect(parse(line(maxPartHeaderBytes + 1)).error).toContain('too long')
  })

  it('reads what a browser would send for any fields', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/)
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.stringMatching(/^[ -~]{0,40}$/)), { minLength: 1, maxLength: 8 }),
        (fields) => {
          const body = `${fields.map(([field, value]) => part(`form-data; name="${field}"`, value)).join('')}--XX--\r\n`
          if (fields.some(([, value]) => value.startsWith('--'))) return
          expect(parse(body).args).toEqual({
            names: fields.map(([field]) => field),
            values: fields.map(([, value]) => value),
          })
        },
      ),
    )
  })

  it('takes what a part with an empty file name holds for the value of its field', () => {
    const body = `${part('form-data; name="q"; filename=""', '<script>')}--XX--\r\n`
    const { args, multipart, error } = parse(body)
    expect({ args, error }).toEqual({ args: { names: ['q'], values: ['<script>'] }, error: null })
    expect(multipart?.files).toEqual([])
  })

  it('names all parts, and reads the value of a part whose name is empty, which is flagged', () => {
    const body = `${part('form-data; name=""', 'x')}${part('form-data; name="f"; filename="1"', '')}--XX--\r\n`
    const { args, multipart } = parse(body)
    expect(multipart?.partNames).toEqual(['', 'f'])
    expect(args).toEqual({ names: [''], values: ['x'] })
    expect(raised(body)).toEqual(['invalidPart'])
  })

  it('reads on behind a header name with white space, and refuses the body', () => {
    const { args, error } = parse(good.replace('Content-Disposition:', 'Content-Disposition :'))
    expect(args.values).toEqual(['1'])
    expect(error).toContain('invalid character')
  })

  it.each([
    ['without a name', 'form-data; filename="x"'],
    ['with two names', 'form-data; name="a"; name="b"'],
    ['of another kind', 'attachment; name="a"'],
  ])('flags a part %s as invalid', (_what, disposition) => {
    expect(raised(`${part(disposition, '1')}--XX--`)).toEqual(['error', 'invalidPart'])
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        parse(`--XX\r\n${text}\r\n--XX--`)
        parse(good, text)
      }),
    )
  })
})
