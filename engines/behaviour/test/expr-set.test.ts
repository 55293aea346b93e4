import { describe, expect, it } from 'vitest'
import { anyType, compileExprSet, mapOf, stringType } from '../src/index.ts'
import type { CompileOptions, Environment, FunctionSpec, StructType } from '../src/index.ts'

interface Box {
  readonly Meta: Map<string, string>
}
const boxType: StructType = {
  kind: 'struct',
  name: 'Box',
  fields: { Meta: mapOf(stringType) },
  methods: {
    Set: {
      parameters: [stringType, stringType],
      result: { kind: 'bool' },
      pure: false,
      call: (box: Box, key: string, value: string) => box.Meta.set(key, value) instanceof Map,
    },
  },
}
const environment: Environment = { variables: { box: boxType, any_value: anyType } }
const box = (meta: Readonly<Record<string, string>>): Box => ({ Meta: new Map(Object.entries(meta)) })

function counted(): { readonly calls: string[]; readonly options: CompileOptions } {
  const calls: string[] = []
  const spec: FunctionSpec = {
    parameters: [stringType],
    result: stringType,
    pure: true,
    call: (text: string) => {
      calls.push(text)
      if (text === 'boom') throw new RangeError('boom')
      return text.toUpperCase()
    },
  }
  return { calls, options: { helpers: new Map([['Slow', spec]]) } }
}

function selected(
  set: ReturnType<typeof compileExprSet>,
  value: Box,
  failed?: (index: number) => void,
): readonly number[] {
  const found: number[] = []
  set.begin()
  set.select([value, null], (index) => found.push(index), failed)
  return found
}

describe.each(['generate', 'closures'] as const)('a set of expressions, by %s', (backend) => {
  it('computes a common part once an event', () => {
    const { calls, options } = counted()
    const sources = [
      "Slow(box.Meta.path) == 'A'",
      "Slow(box.Meta.path) startsWith 'A'",
      "Slow(box.Meta.path) contains 'Z'",
    ]
    const set = compileExprSet(sources, environment, { ...options, backend })
    expect(selected(set, box({ path: 'a' }))).toEqual([0, 1])
    expect(calls).toEqual(['a'])
    expect(selected(set, box({ path: 'az' }))).toEqual([1, 2])
    expect(calls).toEqual(['a', 'az'])
  })

  it('remembers nothing of the event before', () => {
    const set = compileExprSet(["box.Meta.a + 'x' == 'bx'", "box.Meta.a + 'x' != 'bx'"], environment, {
      backend,
    })
    expect(selected(set, box({ a: 'b' }))).toEqual([0])
    expect(selected(set, box({ a: 'c' }))).toEqual([1])
    expect(selected(set, box({}))).toEqual([1])
  })

  it('forgets what an expression that writes may have changed', () => {
    const sources = [
      "box.Meta.k + '' == ''",
      "box.Meta.go == '1' && box.Set('k', 'new')",
      "box.Meta.k + '' == 'new'",
      "box.Meta.k == 'new'",
    ]
    const set = compileExprSet(sources, environment, { backend })
    expect(selected(set, box({ go: '1' }))).toEqual([0, 1, 2, 3])
    expect(selected(set, box({ go: '2' }))).toEqual([0])
  })

  it('names those that fail and goes on', () => {
    const { options } = counted()
    const set = compileExprSet(
      [
        "Slow(box.Meta.path) == ''",
        "Slow(box.Meta.path) != 'X'",
        "box.Meta.path == 'boom'",
        'any_value.x == 1',
      ],
      environment,
      { ...options, backend },
    )
    const failed: number[] = []
    expect(selected(set, box({ path: 'boom' }), (index) => failed.push(index))).toEqual([2])
    expect(failed).toEqual([0, 1, 3])
  })

  it('does not evaluate what an equality rules out', () => {
    const { calls, options } = counted()
    const sources = ['a', 'b', 'c'].map((kind) => `box.Meta.kind == '${kind}' && Slow(box.Meta.kind) != ''`)
    const set = compileExprSet(
      [...sources, "box.Meta.kind in ['a', 'c'] and Slow('list') != ''"],
      environment,
      { ...options, backend },
    )
    expect(selected(set, box({ kind: 'a' }))).toEqual([0, 3])
    expect(selected(set, box({ kind: 'c' }))).toEqual([2, 3])
    expect(calls.includes('b')).toBe(false)
    expect(selected(set, box({ kind: 'none' }))).toEqual([])
  })

  it('looks for many literals of one text in one pass, with the same result', () => {
    const words = [
      'alpha',
      'beta',
      'gamma',
      'delta',
      'epsilon',
      'zeta',
      'eta',
      'theta',
      'iota',
      'kappa',
      'é',
      'ＷＩＤＥ',
    ]
    const sources = words.map((word) => `box.Meta.text contains '${word}'`)
    const set = compileExprSet(sources, environment, { backend })
    for (const text of [
      '',
      'alpha',
      'xx theta xx',
      'eta',
      'alpha beta gamma delta epsilon zeta iota kappa',
      'café',
      'a ＷＩＤＥ b',
      'Alpha',
      'kapp a',
    ]) {
      expect(selected(set, box({ text }))).toEqual(
        words.flatMap((word, index) => (text.includes(word) ? [index] : [])),
      )
    }
  })

  it('says how many it holds and what each is', () => {
    const set = compileExprSet(["box.Meta.a == 'x'", "box.Set('a', 'b')"], environment, { backend })
    expect(set.size).toBe(2)
    expect(set.expressions.map(({ source, pure, type }) => [source, pure, type.kind])).toEqual([
      ["box.Meta.a == 'x'", true, 'bool'],
      ["box.Set('a', 'b')", false, 'bool'],
    ])
  })
})
