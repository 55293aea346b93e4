import { describe, expect, it } from 'vitest'
import { type HtmlContext, HtmlTokenizer } from './html-tokenizer.ts'

function tokens(text: string, context: HtmlContext = 'text', quirks = false): string[] {
  const tokenizer = new HtmlTokenizer(text, context, quirks)
  const out: string[] = []
  while (tokenizer.next()) {
    const { kind, name, value } = tokenizer.token
    out.push(value === null ? `${kind} ${name}`.trimEnd() : `${kind} ${name}=${value}`)
  }
  return out
}

const vectors: readonly (readonly [text: string, found: readonly string[]])[] = [
  ['plain text', []],
  ['a < b', []],
  ['a <', []],
  ['<3', []],
  ['<a>', ['tag a']],
  ['<A HREF=x>', ['tag A', 'attribute HREF=x']],
  ['</a>', ['tag a']],
  ['</a href=x>', ['tag a', 'attribute href=x']],
  ['<a href="x y">', ['tag a', 'attribute href=x y']],
  ["<a href='x y'>", ['tag a', 'attribute href=x y']],
  ['<a href=`x y`>', ['tag a', 'attribute href=x y']],
  ['<a href = x>', ['tag a', 'attribute href=x']],
  ['<a\thref\n=\fx>', ['tag a', 'attribute href=x']],
  ['<a/href=x>', ['tag a', 'attribute href=x']],
  ['<a href=x/y>', ['tag a', 'attribute href=x/y']],
  ['<a href=x onclick=y>', ['tag a', 'attribute href=x', 'attribute onclick=y']],
  ['<a href="x"onclick=y>', ['tag a', 'attribute href=x', 'attribute onclick=y']],
  ['<a b c>', ['tag a', 'attribute b', 'attribute c']],
  ['<a b=c', ['tag a', 'attribute b=c']],
  ['<a b="c', ['tag a', 'attribute b=c']],
  ['<a', ['tag a']],
  ['<a =b>', ['tag a', 'attribute =b']],
  ['<a =b=c>', ['tag a', 'attribute =b=c']],
  ['<a\0b>', ['tag ab']],
  ['<\0a>', ['tag a']],
  ['<a>x<b>', ['tag a', 'tag b']],
  ['<<a>', ['tag a']],
  ['<a<b>', ['tag a<b']],
  ['<!-- x -->', ['comment  x']],
  ['<!-- x', ['comment  x']],
  ['<!-- x --!> <a>', ['comment  x', 'tag a']],
  ['<!-->x-->', ['comment >x']],
  ['<!x>', ['comment x']],
  ['<?x>', ['comment x']],
  ['<%x>', ['comment x']],
  ['</ x>', ['comment  x']],
  ['<![CDATA[x]]>', ['comment [CDATA[x]]']],
  ['<!DOCTYPE html>', ['doctype']],
  ['<!doctype html', ['doctype']],
  ['<x:script>', ['tag x:script']],
]

describe('HtmlTokenizer', () => {
  it.each(vectors)('reads %j', (text, found) => {
    expect(tokens(text).map((token) => token.trimEnd())).toEqual(found.map((token) => token.trimEnd()))
  })

  const placed: readonly (readonly [text: string, context: HtmlContext, found: readonly string[]])[] = [
    ['x onclick=y', 'unquoted', ['attribute onclick=y']],
    ['x><b>', 'unquoted', ['tag b']],
    ['x<b>', 'unquoted', []],
    ["x' onclick=y", 'single', ['attribute onclick=y']],
    ["x'><b>", 'single', ['tag b']],
    ['x onclick=y', 'single', []],
    ['x" onclick=y', 'double', ['attribute onclick=y']],
    ['x"onclick="y', 'double', ['attribute onclick=y']],
    ['x` onclick=y', 'backtick', ['attribute onclick=y']],
    ['onclick=y', 'tag', ['attribute onclick=y']],
    ['/onclick=y>', 'tag', ['attribute onclick=y']],
  ]
  it.each(placed)('reads %j from inside an attribute (%s)', (text, context, found) => {
    expect(tokens(text, context)).toEqual(found)
  })

  it('tells attributes of tags in the value from those of the page', () => {
    const own = new HtmlTokenizer('<a b=c>', 'text')
    own.next()
    own.next()
    expect(own.token.inTag).toBe(true)
    const page = new HtmlTokenizer('x b=c', 'unquoted')
    page.next()
    expect(page.token.inTag).toBe(false)
  })

  it('can read quotes between attributes as old browsers did', () => {
    const text = '<x \'="y"><z \'><img src=x>'
    expect(tokens(text)).toEqual([
      'tag x',
      "attribute '=y",
      'tag z',
      "attribute '",
      'tag img',
      'attribute src=x',
    ])
    expect(tokens(text, 'text', true)).toEqual(['tag x', 'tag img', 'attribute src=x'])
  })
})
