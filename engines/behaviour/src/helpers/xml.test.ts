import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { findElement, parseXmlPath } from './xml-path.ts'
import { parseXml, xmlLimits } from './xml.ts'

const find = (text: string, path: string): string | undefined => {
  const [tree, steps] = [parseXml(text), parseXmlPath(path)]
  return tree === undefined || steps === undefined ? undefined : findElement(tree, steps)?.text
}

const event = `<?xml version="1.0"?><!-- log -->
<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System><Provider Name='Sysmon' Guid="{1}"/><EventID>1</EventID></System>
  <EventData><Data Name="Image">C:\\a.exe</Data><Data Name="CommandLine">a &lt;b&gt; &quot;c&quot; &#65;&#x42;</Data><Data>third</Data></EventData>
</Event>`

describe('a document', () => {
  it.each([
    ['/Event/System[1]/EventID', '1'],
    ["/Event/EventData[1]/Data[@Name='Image']", 'C:\\a.exe'],
    ['/Event/EventData/Data[@Name="CommandLine"]', 'a <b> "c" AB'],
    ['/Event/EventData/Data[3]', 'third'],
    ['/Event/EventData/Data[-1]', 'third'],
    ['//EventID', '1'],
    ['/Event/*/EventID', '1'],
    ["//System[EventID='1']/EventID", '1'],
    ['Event/System/EventID', '1'],
  ])('has at %s %s', (path, expected) => {
    expect(find(event, path)).toBe(expected)
  })

  it.each([
    '/Event/EventData/Data[9]',
    "/Event/EventData/Data[@Name='None']",
    '/Other',
    '/Event/System/EventID/x',
    '',
    '/',
    '/a[',
    '/a[b c]',
    '//',
    '/Event/System[0]x',
  ])('has nothing at %s', (path) => {
    expect(find(event, path)).toBeUndefined()
  })

  it.each(['<a>', '<a></b>', '</a>', 'text', '', '<a><b></a></b>', '<a', '<!-- x -->'])(
    'is not %s',
    (text) => {
      expect(parseXml(text)).toBeUndefined()
    },
  )

  it('opens no entities of its own, and nothing outside', () => {
    const bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
    expect(find(bomb, '/a') ?? '&y;').toBe('&y;')
    expect(find('<a>&unknown; &#x110000; &amp;amp;</a>', '/a')).toBe('&unknown; &#x110000; &amp;')
  })

  it('is bounded in length, elements and depth', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth)
    expect(parseXml(nested(xmlLimits.maxDepth))).toBeDefined()
    expect(parseXml(nested(xmlLimits.maxDepth + 1))).toBeUndefined()
    const many = (count: number): string => `<r>${'<a/>'.repeat(count - 1)}</r>`
    expect(parseXml(many(xmlLimits.maxElements))).toBeDefined()
    expect(parseXml(many(xmlLimits.maxElements + 1))).toBeUndefined()
    const long = (length: number): string => `<a>${'x'.repeat(length - 7)}</a>`
    expect(parseXml(long(xmlLimits.maxLength))).toBeDefined()
    expect(parseXml(long(xmlLimits.maxLength + 1))).toBeUndefined()
  })

  it('never fails on any text, and in time linear in it', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      'a',
      ' b="c"',
      "'",
      '"',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '&lt;',
      '=',
      ' ',
      '<a>',
      '</a>',
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void parseXml(pieces.join(''))))
    for (const hostile of [
      '<a '.repeat(100_000),
      '<a b="'.repeat(50_000),
      '<!--'.repeat(50_000),
      '<![CDATA['.repeat(20_000),
    ])
      expect(parseXml(hostile)).toBeUndefined()
  })
})
