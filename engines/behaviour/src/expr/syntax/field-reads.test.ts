import { describe, expect, it } from 'vitest'

import { compileExpr } from '../compile-expr.ts'
import { bucketEnvironment, contextEnvironment, overflowEnvironment } from '../environments.ts'
import { createHelpers } from '../../helpers/create-helpers.ts'
import { GoTime } from '../../helpers/go-time.ts'
import { FieldReads } from './field-reads.ts'

import type { Environment } from '../function-spec.ts'

const helpers = createHelpers({ now: () => new GoTime(0) })
const asked = ['a', 'b', 'c', 'never named']

/** Which of a few names the expression is taken to read. */
function readsOf(source: string, environment: Environment = bucketEnvironment): readonly string[] {
  const reads = new FieldReads()
  compileExpr(source, environment, { helpers, reads })
  return asked.filter((name) => reads.has(name))
}

describe('entries of Parsed that an expression reads', () => {
  const named: readonly (readonly [source: string, names: readonly string[]])[] = [
    ["evt.Parsed.a == 'x'", ['a']],
    ["evt.Parsed['b'] == 'x'", ['b']],
    ["evt.Meta.a == 'x' && evt.Parsed.b != ''", ['b']],
    ['evt.Parsed.a ?? evt.Parsed.c', ['a', 'c']],
    ["Lower(evt.Parsed.c) contains 'x'", ['c']],
    ["evt.Parsed.a in ['x', 'y']", ['a']],
    ["evt.Parsed?.a == 'x'", ['a']],
    ["let e = evt; e.Parsed.a == 'x'", ['a']],
    ["let e = 'b'; let f = evt; f.Parsed.c == e", ['c']],
    ["count(['b'], # == evt.Parsed.a) > 0", ['a']],
    ["any(queue.Queue, {any(['b'], {# == 'x'}) && .Parsed.c == 'x'})", ['c']],
    ["filter(queue.Queue, {.Meta.a == 'x'})[0].Parsed.b == 'x'", ['b']],
    ['len(map(queue.Queue[-4:], {#.Time})) > 2', []],
    ["evt.Meta[evt.Parsed.a] == 'x'", ['a']],
    ["evt.Line.Labels.Parsed == 'x'", []],
    ["(evt.Type == 0 ? evt : evt).Parsed.b == 'x'", ['b']],
    ["any(queue.Queue, {.Parsed.a == 'x'})", ['a']],
    ["len(filter(queue.Queue, {#.Parsed.b == 'x'})) > 2", ['b']],
    ["queue.Queue[0].Parsed.c == 'x'", ['c']],
    ['queue.Queue[-1].Meta.a == evt.Parsed.b', ['b']],
    ["evt.GetMeta('a') == 'x'", []],
    ["evt.SetParsed('a', 'x')", []],
    ['evt.Overflow.Alert.Remediation == true', []],
    ["evt.Line.Raw contains 'Parsed.a'", []],
    ["UnmarshalJSON(evt.Line.Raw, evt.Unmarshaled, 'x') != nil", []],
    ['true', []],
  ]
  it.each(named)('of %s are %j', (source, names) => {
    expect(readsOf(source)).toEqual(names)
  })

  const unknown = [
    'evt.Parsed[evt.Meta.key]',
    'evt.Parsed["a" + evt.Meta.key]',
    'len(evt.Parsed) > 2',
    '"a" in evt.Parsed',
    'keys(evt.Parsed)',
    'let p = evt.Parsed; p.a',
    'evt',
    'evt.Parsed',
    'toJSON(evt)',
    'ToJsonString(evt.Parsed)',
    'toJSON(queue.Queue)',
    'map(queue.Queue, {#})',
    'map(queue.Queue, {.Parsed})',
    '[evt][0].Parsed.a',
    'sortBy(queue.Queue, {.Meta.a})',
    'groupBy(queue.Queue, {.Meta.a})',
    'evt == evt',
    'any([evt], {.Parsed.a == "x"})',
    'let e = queue.Queue; e',
    '{"e": evt}',
    'queue',
  ]
  it.each(unknown)('may be all of them for %s', (source) => {
    expect(readsOf(source)).toEqual(asked)
  })

  it('are told for the other environments alike', () => {
    expect(readsOf("any(queue.Queue, {.Parsed.a == 'x'})", overflowEnvironment)).toEqual(['a'])
    expect(readsOf('evt.Parsed.b', contextEnvironment)).toEqual(['b'])
  })

  it('add up over expressions', () => {
    const reads = new FieldReads()
    for (const source of ['evt.Parsed.a', 'evt.Parsed.b']) compileExpr(source, bucketEnvironment, { reads })
    reads.add('c')
    expect(asked.filter((name) => reads.has(name))).toEqual(['a', 'b', 'c'])
  })

  it('are told from missing ones only by patterns that are applied on them', () => {
    const reads = new FieldReads()
    compileExpr("evt.Parsed.a == ''", bucketEnvironment, { reads })
    reads.add('b')
    expect(asked.filter((name) => reads.tellsMissing(name))).toEqual(['b'])
    compileExpr('keys(evt.Parsed)', bucketEnvironment, { reads })
    expect(asked.filter((name) => reads.tellsMissing(name))).toEqual(asked)
  })
})
