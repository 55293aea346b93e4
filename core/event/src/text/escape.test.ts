import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeHtml, escapeText } from './escape.ts'

describe('escapeText', () => {
  it.each([
    ['a terminal escape', 'a\u001b[31mred', 'a\\x1b[31mred'],
    ['the one-byte CSI', 'a\u009b31m', 'a\\x9b31m'],
    ['a new log line', 'ok\r\nlevel=info', 'ok\\r\\nlevel=info'],
    ['text reordering', 'abc\u202egnp.exe', 'abc\\u202egnp.exe'],
    ['a zero-width space', 'ad\u200bmin', 'ad\\u200bmin'],
    ['a lone surrogate', 'x\ud800y', 'x\\ud800y'],
    ['a backslash', 'a\\n', 'a\\\\n'],
  ])('shows %s', (_what, text, shown) => {
    expect(escapeText(text)).toBe(shown)
  })

  it('leaves ordinary text in any script alone', () => {
    expect(escapeText('Grüße 你好 🙂 O’Brien')).toBe('Grüße 你好 🙂 O’Brien')
  })

  it('cuts just above the limit and not at it', () => {
    expect(escapeText('x'.repeat(500))).toBe('x'.repeat(500))
    expect(escapeText('x'.repeat(501))).toBe(`${'x'.repeat(500)}…`)
  })

  it('never lets a control character through', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => !/[\u0000-\u001f\u007f-\u009f]/.test(escapeText(text)),
      ),
    )
  })
})

describe('escapeHtml', () => {
  it('makes text inert in content and in quoted attributes', () => {
    expect(escapeHtml(`<img src=x onerror="a('b')">&`)).toBe(
      '&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;',
    )
  })
})
