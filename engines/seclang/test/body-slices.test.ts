import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BodyReader, BodyResult } from '../src/bodies/body-result.ts'
import { openGraphqlBody } from '../src/bodies/graphql.ts'
import { openJsonBody } from '../src/bodies/json.ts'
import { openMultipartBody } from '../src/bodies/multipart.ts'
import { openUrlEncodedBody } from '../src/bodies/url-encoded.ts'
import { openXmlBody } from '../src/bodies/xml.ts'

const limits = { maxArguments: 40, maxDepth: 6 }
const multipart = { ...limits, contentType: 'multipart/form-data; boundary=XX', maxFiles: 2 }

interface Processor {
  readonly open: (body: string) => BodyReader
  /** What bodies are put together from: what the format needs, what breaks it, and what its limits stop. */
  readonly pieces: readonly string[]
  /** Bodies that are read in pieces of every size. */
  readonly samples: readonly string[]
}

const processors: Readonly<Record<string, Processor>> = {
  URLENCODED: {
    open: (body) => openUrlEncodedBody(body, limits, '&'),
    pieces: ['a', '=', '&', '%41', '%zz', '%4', '+', '\xff', '\0', 'b=c&'],
    samples: ['a=1&b=%32&&c=&=d&e=%u0041&f=a+b&a=2&%', 'a=1&'.repeat(41), '', '&&&'],
  },
  JSON: {
    open: (body) => openJsonBody(body, limits, 'indexed'),
    pieces: [
      '{',
      '}',
      '[',
      ']',
      '"a"',
      ':',
      ',',
      '1',
      'null',
      'true',
      ' ',
      '"\\u0041"',
      '"\\',
      '-',
      '\xc3\xa9',
      '{"k":',
    ],
    samples: [
      '{"a":[1,"two",{"b":null,"c":[[],{}]}],"d":"\\u00e9\\ud83d\\ude00","e":-1.5e3}',
      ' [ 1 , 2 , [ 3 ] ] ',
      '[[[[[[[1]]]]]]]',
      `[${'1,'.repeat(41)}1]`,
      '{"a":1} x',
      '{"a" 1}',
      '"alone"',
    ],
  },
  XML: {
    open: (body) => openXmlBody(body, limits),
    pieces: [
      '<a>',
      '</a>',
      '<b/>',
      '<c d="e">',
      '</c>',
      'text',
      '&lt;',
      '&e;',
      '<!--x-->',
      '<![CDATA[y]]>',
      '<?z?>',
      '<',
      '"',
    ],
    samples: [
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a b="1"><c>&e;&#65;</c><!-- n --><d/>t<![CDATA[<]]></a> ',
      '<a xmlns="u" xmlns:p="v"><p:b p:c="d"/><e xmlns="w"><f/></e></a>',
      '<a><b></a></b>',
      '<a><a><a><a><a><a><a></a></a></a></a></a></a></a>',
      '<a/>rest',
    ],
  },
  GRAPHQL: {
    open: (body) => openGraphqlBody(body, limits),
    pieces: [
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      'a',
      ':',
      '"s"',
      '1',
      '$v',
      ' ',
      '...',
      '@d',
      '"""b"""',
      'query ',
      '!',
      '=',
    ],
    samples: [
      'query Q($id: ID = 1, $n: [Int] = [2]) @d(x: "y") { a(b: "c", d: {e: [1, {f: "g"}]}) { h(i: 2) } ...F }',
      '{"query":"{ a(b: \\"c\\") { d } }","variables":{"v":[1,{"w":"x"}]},"operationName":"Q"}',
      '{ a { b { c { d { e { f { g } } } } } } }',
      '{ a(b: ',
      '{"query":"{ a("}',
      '{"query":',
    ],
  },
  MULTIPART: {
    open: (body) => openMultipartBody(body, multipart),
    pieces: [
      '--XX\r\n',
      '--XX--\r\n',
      '--XX--',
      '--XY\r\n',
      'Content-Disposition: form-data; name="a"\r\n',
      'Content-Disposition: form-data; name="f"; filename="x"\r\n',
      'Content-Type: text/plain\r\n',
      '\r\n',
      '\n',
      ' folded\r\n',
      'data',
      '--',
      'X:',
    ],
    samples: [
      '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--XX\r\nContent-Disposition: form-data; name="f"; filename="x"\r\nContent-Type: a/b\r\n\r\n\0\r\n--y\r\n--XX--\r\n',
      'before\r\n--XX\nContent-Disposition: form-data; name=a\n\n1\n--XX--\nafter',
      '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
      '--XX\r\nno colon\r\n\r\n',
      'nothing',
    ],
  },
}

function inPieces(reader: BodyReader, sizes: readonly number[], length: number): BodyResult {
  for (let turn = 0; turn <= 2 * length + 10; turn++) {
    const result = reader.readOn(sizes[turn % sizes.length] ?? 1)
    if (result !== null) return result
  }
  throw new Error('the reader does not come to an end')
}

const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 })

describe.each(Object.entries(processors))('body processor %s in pieces', (_, { open, pieces, samples }) => {
  it.each(samples)('comes to the same in pieces of every size: %j', (body) => {
    const whole = open(body).readOn(Infinity)
    expect(whole).not.toBeNull()
    for (let size = 1; size <= body.length + 1; size++)
      expect(inPieces(open(body), [size], body.length), `pieces of ${size}`).toEqual(whole)
  })

  it('comes to the same for any text and any pieces', () => {
    const bodies = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(bodies, sizes, (body, turns) => {
        expect(inPieces(open(body), turns, body.length)).toEqual(open(body).readOn(Infinity))
      }),
      { numRuns: 400 },
    )
  })

  it('comes to the same for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), sizes, (bytes, turns) => {
        const body = Buffer.from(bytes).toString('latin1')
        expect(inPieces(open(body), turns, body.length)).toEqual(open(body).readOn(Infinity))
      }),
      { numRuns: 400 },
    )
  })
})

describe('a large body', () => {
  it.each([
    ['URLENCODED', 'a=b&'.repeat(30_000)],
    ['JSON', `[${'{"a":1},'.repeat(15_000)}1]`],
    ['XML', `<a>${'<b c="d">e</b>'.repeat(8_000)}</a>`],
    ['GRAPHQL', `{${'a(b:"c") '.repeat(13_000)}}`],
    [
      'MULTIPART',
      `${'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(2_000)}--XX--\r\n`,
    ],
  ])('of %s is read in about as many turns as it has pieces', (name, body) => {
    const many = { maxArguments: 100_000, maxDepth: 64 }
    const readers: Readonly<Record<string, () => BodyReader>> = {
      URLENCODED: () => openUrlEncodedBody(body, many, '&'),
      JSON: () => openJsonBody(body, many, 'plain'),
      XML: () => openXmlBody(body, many),
      GRAPHQL: () => openGraphqlBody(body, many),
      MULTIPART: () => openMultipartBody(body, { ...multipart, ...many }),
    }
    const reader = readers[name]?.()
    let turns = 1
    while (reader?.readOn(4_096) === null) turns++
    expect(turns).toBeGreaterThan(body.length / 4_096 / 1.2)
    expect(turns).toBeLessThan(body.length / 2_048)
  })
})
