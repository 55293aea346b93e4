import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { benignValues } from '../../test/benign-values.ts'
import { detectXSS } from './detect-xss.ts'

type Context = 'text' | 'tag' | 'unquoted' | 'single' | 'double' | 'backtick'

const attacks: readonly (readonly [input: string, context: Context])[] = [
  ['<x onClick={alert(1)}>', 'text'],
  ['<x onClick="{() => 1};alert(1)">', 'text'],
  ['<x onclick={()=>1}>', 'text'],
  ['<x onClick={a}/onclick=alert(1)>', 'text'],
  ['<script>alert(1)</script>', 'text'],
  ['<ScRiPt >x', 'text'],
  ['<script/x>', 'text'],
  ['<scr\0ipt>', 'text'],
  ['<x:script xmlns:x="http://www.w3.org/1999/xhtml">', 'text'],
  ['<img src=x onerror=alert(1)>', 'text'],
  ['<img/src=x /onerror=alert(1)>', 'text'],
  ["<img src='x'onerror=alert(1)>", 'text'],
  ['<img src=`x`onerror=alert(1)>', 'text'],
  ['<b onmouseover\n=\nalert(1)>', 'text'],
  ['</a onmousemove=alert(1)>', 'text'],
  ['<svg onload=alert(1)>', 'text'],
  ['<iframe src=//evil>', 'text'],
  ['<object data=x>', 'text'],
  ['<a href="javascript:alert(1)">', 'text'],
  ['<a href="  jav&#x09;ascript:alert(1)">', 'text'],
  ['<a href=&#106avascript:alert(1)>', 'text'],
  ['<a href="javascript&colon;alert(1)">', 'text'],
  ['<a href="data:text/html,x">', 'text'],
  ['<a href="vbscript:msgbox(1)">', 'text'],
  ['<button formaction=javascript:alert(1)>', 'text'],
  ['<div style="width:expression(alert(1))">', 'text'],
  ['<div style="background:url(x)">', 'text'],
  ['<animate attributeName=href to=x>', 'text'],
  ['<meta http-equiv=refresh content=0>', 'text'],
  ['<base href=//evil>', 'text'],
  ['<!--[if IE]>x<![endif]-->', 'text'],
  ['<!DOCTYPE x>', 'text'],
  ['<?import implementation="#default#time2">', 'text'],
  ['<xss onbeforehellfreezes=x>', 'text'],
  ['"><script>alert(1)</script>', 'text'],
  ["x' ><script>", 'text'],
  ['onmouseover=alert(1)', 'tag'],
  [' style=x:expression(1)', 'tag'],
  ['x onerror=alert(1);>', 'unquoted'],
  ["x' onmouseover='alert(1)", 'single'],
  ['x" onfocus="alert(1)" autofocus="', 'double'],
  ['x" onfocus=alert`1` "', 'double'],
  ['x"href="javascript:alert(1)', 'double'],
  ['` onload=alert(1) `', 'backtick'],
  ["<x '=\"foo\"><x foo='><img src=x onerror=alert(1)//'>", 'text'],
]

const innocent: readonly string[] = [
  'return <Button onClick={() => setOpen(true)}>Open</Button>',
  '<Field onChange={(event) => edit(event)} onBlur={save} />',
  '<Row onSelect={props.pick}>a</Row>',
  'a < b and c > d',
  'I <3 you',
  'x <y> z',
  '<b>bold</b> and <i>italic</i>',
  '<p style="text-align:center;color:#f00">Hi</p>',
  '<img src="https://example.com/a.png" alt="a">',
  '<img src="data:image/png;base64,AAAA">',
  '<a href="/path?x=1" title="t">link</a>',
  '<table border=1><tr><td>1</td></tr></table>',
  '<ul class="x"><li>one</li></ul><br/>',
  'one=1 online=2 once=3',
  'onload = init',
  'href=https://example.com',
  'on time = on budget',
  'if (a<b && c>d) x = 1',
  'Array<string> | Map<string, number>',
  'JavaScript: the good parts',
  'he said "onward = upward"',
  '<!-- a plain comment -->',
  "name='value'",
  '<',
  '=',
  '',
]

describe('detectXSS', () => {
  it.each(attacks)('finds %j (%s)', (input, context) => {
    expect(detectXSS(input)?.context).toBe(context)
  })

  it.each(innocent)('does not flag %j', (input) => {
    expect(detectXSS(input)).toBeNull()
  })

  it('flags none of the generated innocent values (seed 7)', () => {
    expect(benignValues(7, 4_000).filter(({ text }) => detectXSS(text) !== null)).toEqual([])
  })

  it('never throws on any bytes', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '=',
      '"',
      "'",
      '`',
      ' ',
      '\0',
      '!',
      '--',
      '?',
      '%',
      'a',
      'on',
      'click',
      'script',
      'style',
      'href',
      'javascript:',
      '&#',
      'x6a',
      ';',
      '<!--',
      '-->',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
        const input = parts.join('')
        expect(detectXSS(input)).toEqual(detectXSS(input))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['<', '<a ', '<!--', '<!', '<a a=', '"', "'", 'a="', '=', '<?', '&#1', '</', "<a '", 'x= '])(
    'takes work linear in the number of %j',
    (piece) => {
      detectXSS(piece.repeat(Math.floor(200_000 / piece.length)))
      expect(true).toBe(true)
    },
  )
})
