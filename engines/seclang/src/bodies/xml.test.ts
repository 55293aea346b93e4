import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { maxXmlExpansion } from './xml-references.ts'
import { parseXmlBody } from './xml.ts'
import { maxXmlNodes } from './xml-reader.ts'
import { maxXPathValues } from './xpath-select.ts'
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
  ['//b', ['one', 'two']],
  ['//b//text()', ['one', 't', 'w', 'o']],
  ['//*', ['onetwo<z>', 'one', 'two', 'w']],
  ['//*//i', ['w']],
  ['//.', ['onetwo<z>', 'onetwo<z>', 'one', 'two', 'w']],
  ["//*[@x='3']/i", ['w']],
  ['/shop/b[text()][1]', ['one']],
  ['/shop/*[@x]/@*', ['2', '3']],
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
  '<![CDATA[x]]><a/>',
  '<a></a',
  '<a></ab>',
  '<ab></a>',
  '<a>&lt</a>;',
  '<a b="&lt"/>;',
  '<a b="1"c="2"/>',
  '<!DOCTYPE a [<!ENTITY e "1">]',
  '<a>&#1114112;</a>',
  '<a>&#x110000;</a>',
  '<a>&#x;</a>',
  '<a><!b></a>',
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

  it('forgets a namespace with the element that declared it', () => {
    const doc = '<r><a xmlns="urn:x" xmlns:q="urn:x"><b>1</b></a><b>2</b><q:b>3</q:b></r>'
    expect(select(doc, '//p:b', { p: 'urn:x' })).toEqual(['1'])
    const again = '<q:r xmlns:q="urn:x"><q:r xmlns:q="urn:y"><q:b>1</q:b></q:r><q:b>2</q:b></q:r>'
    expect(select(again, '//p:b', { p: 'urn:x' })).toEqual(['2'])
    expect(select(again, '//p:b', { p: 'urn:y' })).toEqual(['1'])
  })

  it('writes references out in the namespace, in attributes and in text', () => {
    const doc = '<a xmlns:q="urn:&#120;" c="&lt;&#233;&gt;"><q:b>x&amp;y</q:b>z<c d="plain"/></a>'
    expect(select(doc, '/a/p:b', { p: 'urn:x' })).toEqual(['x&y'])
    expect(select(doc, '//@*')).toEqual(['<\xc3\xa9>', 'plain'])
    expect(select(doc, '/*')).toEqual(['x&yz'])
  })

  it('reads past a byte order mark', () => {
    expect(select('\xef\xbb\xbf<a>x</a>', '/a')).toEqual(['x'])
  })

  it('keeps thousands of elements, attributes and names apart', () => {
    const rows = Array.from({ length: 3000 }, (_, n) => `<b${n} c${n}="v${n}">t${n}</b${n}>`)
    const doc = `<a>${rows.join('')}</a>`
    const expected = (sign: string): string[] => rows.map((_, n) => `${sign}${n}`)
    expect(select(doc, '//@*')).toEqual(expected('v'))
    expect(select(doc, '/a/*')).toEqual(expected('t'))
    expect(select(doc, '//b2999/@c2999')).toEqual(['v2999'])
  })

  it('gives as many values as the limit and no more', () => {
    const doc = (count: number): string => `<a>${'<b c=""/>'.repeat(count)}</a>`
    for (const path of ['/a/b', '//@c']) {
      expect(select(doc(maxXPathValues), path)).toHaveLength(maxXPathValues)
      expect(select(doc(maxXPathValues + 1), path)).toHaveLength(maxXPathValues)
    }
  })

  it('takes nodes up to the limit and not beyond', () => {
    const doc = (count: number): string => `<a>${'<b/>'.repeat(count - 1)}</a>`
    expect(parseXmlBody(doc(maxXmlNodes), limits).error).toBeNull()
    expect(parseXmlBody(doc(maxXmlNodes + 1), limits).error).toContain(`more than ${maxXmlNodes} nodes`)
  })

  it('takes entities in entities eight deep and no deeper', () => {
    const doc = (depth: number): string => {
      const inner = Array.from({ length: depth - 1 }, (_, n) => `<!ENTITY e${n + 1} "&e${n};">`)
      return `<!DOCTYPE a [<!ENTITY e0 "x">${inner.join('')}]><a>&e${depth - 1};</a>`
    }
    expect(select(doc(8), '/a')).toEqual(['x'])
    expect(parseXmlBody(doc(9), limits).error).toContain('expand too far')
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
