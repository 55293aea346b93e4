import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { parseGraphqlBody } from './graphql.ts'

const limits = { maxArguments: 100, maxDepth: 8 }

function pairs(body: string): [string, string][] {
  const { args } = parseGraphqlBody(body, limits)
  return args.names.map((name, row) => [name, args.values[row] ?? ''])
}

const cases: readonly (readonly [body: string, pairs: readonly (readonly [string, string])[]])[] = [
  ['{ user(id: 5) { name } }', [['graphql.query.user.id', '5']]],
  [
    'query Q($first: Int = 10) { a(first: $first, q: "x y") { b(c: "d") } }',
    [
      ['graphql.query.first', '10'],
      ['graphql.query.a.q', 'x y'],
      ['graphql.query.a.b.c', 'd'],
    ],
  ],
  [
    'mutation { add(input: {title: "t", tags: ["u", "v"]}) { id } }',
    [
      ['graphql.query.add.input.title', 't'],
      ['graphql.query.add.input.tags', 'u'],
      ['graphql.query.add.input.tags', 'v'],
    ],
  ],
  [
    '{"query":"{ a(b: \\"c\\") }","variables":{"x":"y"}}',
    [
      ['graphql.variables.x', 'y'],
      ['graphql.query.a.b', 'c'],
    ],
  ],
  [
    '[{"query":"{ a(b: 1) }","variables":{"x":"y"}},{"query":"{ c(d: \\"e\\") }"}]',
    [
      ['graphql.array_0.variables.x', 'y'],
      ['graphql.query.a.b', '1'],
      ['graphql.query.c.d', 'e'],
    ],
  ],
  ['[]', []],
  ['{ a(b: """block "quoted" text""") }', [['graphql.query.a.b', 'block "quoted" text']]],
  ['{ a(b: "\\u0041\\n") }', [['graphql.query.a.b', 'A\n']]],
  ['{ a ...F } fragment F on T { b(c: 1.5) @include(if: true) }', [['graphql.query.b.c', '1.5']]],
]

describe('GraphQL bodies', () => {
  it.each(cases)('finds the values of %s', (body, expected) => {
    expect(parseGraphqlBody(body, limits).error).toBeNull()
    expect(pairs(body)).toEqual(expected)
  })

  it('judges a query that cannot be parsed as text', () => {
    const result = parseGraphqlBody('{"query":"{ a(b: "}', limits)
    expect(result.error).not.toBeNull()
    const open = parseGraphqlBody('{ a(b: ', limits)
    expect(open.error).toContain('GraphQL')
    expect(open.args.values).toEqual(['{ a(b: '])
  })

  it('takes nesting up to the limit and not beyond', () => {
    const nested = (depth: number): string => '{a'.repeat(depth) + '}'.repeat(depth)
    expect(parseGraphqlBody(nested(8), limits).error).toBeNull()
    expect(parseGraphqlBody(nested(9), limits).error).toContain('nested deeper')
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        parseGraphqlBody(text, limits)
        parseGraphqlBody(`{ a(b: ${text}) }`, limits)
      }),
    )
  })
})
