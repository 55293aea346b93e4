import { describe, expect, it } from 'vitest'
import { judgeFilter, operatorsIn } from './judge-filter.ts'
import { judgeHtml, judgeRedirect, lastingMarkup, runsScript, withoutStoredMarkup } from './judge-html.ts'
import { judgeModule } from './judge-module.ts'
import { mentionsPrototype, reachesPrototype } from './judge-prototype.ts'
import { judgeXml } from './judge-xml.ts'

describe('judgeFilter', () => {
  it('objects to an operator that the request brought', () => {
    const body = { user: 'admin', pass: { $ne: null } }
    expect(judgeFilter({ user: 'admin', pass: body.pass }, [body], [])?.attack).toBe('nosql-injection')
  })

  it('objects to an input that is code in $where, and not to one that is text there', () => {
    const input = "a'||'1'=='1"
    expect(judgeFilter({ $where: `this.user=='${input}'` }, [], [input])?.attack).toBe('nosql-injection')
    expect(judgeFilter({ $where: "this.user=='ann lee'" }, [], ['ann lee'])).toBeNull()
  })

  it.each(['pass[$ne]', 'user.pass.$ne', '$ne', 'a[b][$ne][]'])(
    'objects to an operator in a key: %s',
    (key) => {
      expect(judgeFilter({ pass: { $ne: '1' } }, [], [key])?.attack).toBe('nosql-injection')
    },
  )

  it.each(['it costs $ne more', 'a$ne', '[$lt]'])('lets the operator through beside %s', (text) => {
    expect(judgeFilter({ pass: { $ne: '1' } }, [], [text])).toBeNull()
  })

  it('lets operators of the application through', () => {
    expect(judgeFilter({ price: { $lt: 5 } }, [{ price: 5 }], ['5'])).toBeNull()
    expect(judgeFilter({ name: 'x' }, [{ $ne: 1 }], [])).toBeNull()
  })

  it('ends at its depth', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(operatorsIn(cycle).size).toBe(0)
  })
})

describe('judgeHtml', () => {
  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg onload=f()>',
    '<a href="javascript:f()">x</a>',
  ])('objects to %s unescaped', (input) => {
    expect(judgeHtml(`<h1>${input}</h1>`, [input])?.attack).toBe('xss')
  })

  it.each([
    ['an attribute that it leaves', '<input value="%">', '" onmouseover="f()'],
    ['an attribute without quotes', '<input value=%>', 'x onfocus=f() autofocus'],
    ['a text of a script that it leaves', "<script>let q = '%'</script>", "';f()//"],
    ['code of a script', '<script>show(%)</script>', 'fetch(document.cookie)'],
    ['an address', '<a href="%">x</a>', 'javascript:f()'],
    ['an address without quotes', '<a href=%>x</a>', 'javascript:f()'],
  ])('objects to %s', (_name, page, input) => {
    expect(
      judgeHtml(
        page.replace('%', () => input),
        [input],
      )?.attack,
    ).toBe('xss')
  })

  it.each([
    ['a quote in a text', '<p>%</p>', '" onmouseover="f()'],
    ['inches in an attribute', '<input value="%">', '5" disk'],
    ['an apostrophe in a script', '<script>let q = "%"</script>', "O'Brien (senior)"],
    ['an address of the site', '<a href="%">x</a>', '/orders?sort=on&a=(b)'],
    ['words about scripts', '<p>%</p>', 'javascript: the (good) parts'],
    ['a name that begins like a handler', '<input value="%">', 'one = two (three)'],
  ])('lets %s through', (_name, page, input) => {
    expect(
      judgeHtml(
        page.replace('%', () => input),
        [input],
      ),
    ).toBeNull()
  })

  it.each([
    ['escaped markup', '<h1>&lt;script&gt;</h1>', '<script>alert(1)</script>'],
    ['markup that runs nothing', '<h1><b>bold</b></h1>', '<b>bold</b>'],
    ['scripts of the application', '<script>f()</script>', 'f()'],
  ])('lets %s through', (_name, html, input) => {
    expect(judgeHtml(html, [input])).toBeNull()
  })
})

describe('withoutStoredMarkup', () => {
  it('shows markup of earlier requests and leaves the rest of the page as it is', () => {
    const clean = withoutStoredMarkup('<p><script>f("$&")</script></p><script>own()</script>', [
      '<script>f("$&")</script>',
    ])
    expect(clean?.html).toBe(
      '<p>&lt;script&gt;f(&quot;$&amp;&quot;)&lt;/script&gt;</p><script>own()</script>',
    )
    expect(clean?.found.attack).toBe('xss')
    expect(withoutStoredMarkup('<p>hello</p>', ['<script>f()</script>'])).toBeUndefined()
  })

  it('takes an address out that runs a script, where it is followed and only there', () => {
    const link = lastingMarkup('[Click](javascript&#58this;alert(1&#41;)') ?? ''
    expect(link).toBe('javascript&#58this;alert(1&#41;')
    const clean = withoutStoredMarkup(`<a href="${link}">Click</a>`, [link])
    expect(clean?.html).toBe('<a href="#">Click</a>')
    expect(withoutStoredMarkup(`<p>${link}</p>`, [link])).toBeUndefined()
    expect(
      judgeHtml(`<a href="${link}">Click</a>`, ['[Click](javascript&#58this;alert(1&#41;)'])?.attack,
    ).toBe('xss')
  })

  it.each([
    ['[a](javascript:alert(1))', 'javascript:alert(1'],
    ['[a](https://a.example/)', undefined],
    ['javascript:void(0)', undefined],
    ['I like javascript: a lot', undefined],
    ['<script>f()</script>', '<script>f()</script>'],
  ])('%s lasts as %s', (text, expected) => {
    expect(lastingMarkup(text)).toBe(expected)
  })

  it.each([
    ['<script>f()</script>', true],
    ['<img src=x onerror=f()>', true],
    ['<a href=javascript:f()>', true],
    ['<b>bold</b> & <3', false],
    ['<iframe src="https://video.example/1">', false],
    ['<p>one=two</p>', false],
  ])('%s runs a script: %s', (text, expected) => {
    expect(runsScript(text)).toBe(expected)
  })
})

describe('judgeRedirect', () => {
  it.each(['https://evil.example/x', '//evil.example/x', '\\\\evil.example'])('objects to %s', (input) => {
    expect(judgeRedirect(input, 'shop.example', new Set([input]))?.attack).toBe('open-redirect')
  })

  it.each([
    ['/account', ['/account']],
    ['https://shop.example/a', ['https://shop.example/a']],
    ['https://pay.example/', ['order 5']],
    ['/search?q=https://evil.example/', ['https://evil.example/']],
  ])('lets %s through', (location, inputs) => {
    expect(judgeRedirect(location, 'shop.example', new Set(inputs))).toBeNull()
  })
})

describe('judgeModule', () => {
  it('objects to a module that only an input names', () => {
    expect(judgeModule('child_process', "require('node:fs')", new Set(['child_process']))).not.toBeNull()
    expect(judgeModule('fs', "require('fs')", new Set(['fs']))).toBeNull()
    expect(judgeModule('fs', 'require(name)', new Set(['other']))).toBeNull()
  })
})

describe('judgeXml', () => {
  const entity = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'

  it('objects to external entities of a document from outside', () => {
    expect(judgeXml(entity, true)?.attack).toBe('xxe')
    expect(judgeXml('<!DOCTYPE a [<!ENTITY % x PUBLIC "a" "http://evil.example/">]>', true)).not.toBeNull()
    expect(judgeXml(entity, false)).toBeNull()
  })

  it('lets document types and inner entities through', () => {
    expect(judgeXml('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x.dtd"><html/>', true)).toBeNull()
    expect(judgeXml('<!DOCTYPE a [<!ENTITY x "text">]><a>&x;</a>', true)).toBeNull()
  })
})

describe('reachesPrototype', () => {
  it.each([
    ['{"__proto__":{"a":1}}', true],
    ['{"a":[{"__proto__":1}]}', true],
    ['{"constructor":{"prototype":{"a":1}}}', true],
    [String.raw`{"\u005f_proto__":{"a":1}}`, true],
    ['{"constructor":"Bosch","prototype":"B1"}', false],
    ['{"q":"__proto__"}', false],
  ])('%s: %s', (text, expected) => {
    expect(mentionsPrototype(text) && reachesPrototype(JSON.parse(text))).toBe(expected)
  })
})
