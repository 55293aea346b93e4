import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { maxXmlExpansion } from './xml-references.ts'
import { parseXmlBody } from './xml.ts'
import { compileXPath } from './xpath.ts'

const limits = { maxArguments: 0, maxDepth: 4 }

function select(xml: string, path: string, namespaces: Readonly<Record<string, string>> = {}): string[] {
  const { xml: root, error } = parseXmlBody(xml, limits)
  expect(error).toBeNull()
  return root === null ? [] : compileXPath(path, new Map(Object.entries(namespaces)))(root)
}

const shop =
  '<?xml version="1.0"?><!-- c --><shop a="1"><b x="2">one</b><b x="3">t<i>w</i>o</b><![CDATA[<z>]]></shop>'

const paths: readonly (readonly [path: string, values: readonly string[]])[] = [
  ['/*', ['onetwo<z>']],
  ['//@*', ['1', '2', '3']],
  ['/shop/b', ['one', 'two']],
  ['/shop/b[2]', ['two']],
  ['/shop/b[last()]', ['two']],
  ["/shop/b[@x='2']", ['one']],
  ['/shop/b[i]', ['two']],
  ['/shop/b/@x', ['2', '3']],
  ['//i', ['w']],
  ['/shop/b/text()', ['one', 't', 'o']],
  ['/nothing', []],
]

const broken = [
  '<a>',
  '</a>',
  '<a></b>',
  '<a b=1/>',
  '<a b="1" b="2"/>',
  '<a/><b/>',
  'x<a/>',
  '<a>&nope;</a>',
  '<a>&#0;</a>',
  '<a',
  '<a><!-- </a>',
  '<1/>',
]

describe('XML bodies', () => {
  it.each(paths)('selects %s', (path, values) => {
    expect(select(shop, path)).toEqual(values)
  })

  it.each(broken)('refuses %s', (xml) => {
    expect(parseXmlBody(xml, limits).error).not.toBeNull()
  })

  it('compares namespaces, not prefixes', () => {
    expect(select('<q:a xmlns:q="urn:x"><q:b>1</q:b></q:a>', '/p:a/p:b', { p: 'urn:x' })).toEqual(['1'])
    expect(select('<a xmlns="urn:y"><b>1</b></a>', '/p:a', { p: 'urn:x' })).toEqual([])
  })

  it('never loads what an entity points at', () => {
    expect(select('<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>[&e;]</a>', '/a')).toEqual(['[]'])
  })

  it('expands entities of the document up to the limit', () => {
    expect(select('<!DOCTYPE a [<!ENTITY e "x&lt;y">]><a>&e;&amp;&#65;&#x42;</a>', '/a')).toEqual(['x<y&AB'])
    const piece = 'x'.repeat(maxXmlExpansion / 2)
    const doc = (count: number): string =>
      `<!DOCTYPE a [<!ENTITY e "${piece}">]><a>${'&e;'.repeat(count)}</a>`
    expect(parseXmlBody(doc(2), limits).error).toBeNull()
    expect(parseXmlBody(doc(3), limits).error).toContain('expand too far')
  })

  it('stops at an entity that holds itself', () => {
    expect(parseXmlBody('<!DOCTYPE a [<!ENTITY e "&e;">]><a>&e;</a>', limits).error).toContain(
      'expand too far',
    )
  })

  it('takes nesting up to the limit and not beyond', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth)
    expect(parseXmlBody(nested(4), limits).error).toBeNull()
    expect(parseXmlBody(nested(5), limits).error).toContain('nested deeper than 4')
  })

  it('refuses paths outside the subset when they are compiled', () => {
    for (const path of ['', 'a', '/a[position()>1]', '/a | /b', 'count(/a)', '/a/following::b']) {
      expect(() => compileXPath(path, new Map())).toThrow(/XPath/)
    }
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        parseXmlBody(`<a>${text}</a>`, limits)
        parseXmlBody(`<!DOCTYPE ${text}><a/>`, limits)
        parseXmlBody(`<a ${text}/>`, limits)
      }),
    )
  })
})
