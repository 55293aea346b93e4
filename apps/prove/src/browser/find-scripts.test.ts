import { describe, expect, it } from 'vitest'
import { findScripts } from './find-scripts.ts'

const running: readonly (readonly [html: string, scripts: readonly string[]])[] = [
  ['<script>a()</script>', ['a()']],
  ['<SCRIPT type="text/javascript">a()</sCRIPT>', ['a()']],
  ['<script>a()', ['a()']],
  ['<svg onload=a()>', ['a()']],
  ['<sVg/oNloAd=a&lpar;1&#41;>', ['a(1)']],
  ["<body onload='a()'>", ['a()']],
  ['<img src=x onerror="a()">', ['a()']],
  ['<img onerror=a()>', ['a()']],
  ['<input value="" autofocus onfocus=a()>', ['a()']],
  ['<details open ontoggle=a()>', ['a()']],
  ['<p><img src="/assets/x.png"><script>b()</script>', ['b()']],
  ['<!-- <script>a()</script> --><script>b()</script>', ['b()']],
  ['<textarea></textarea><script>b()</script>', ['b()']],
  ['a < b <script>c()</script>', ['c()']],
]

const quiet: readonly string[] = [
  '',
  'plain text',
  '&lt;script&gt;a()&lt;/script&gt;',
  '<input value="&quot; onfocus=a() autofocus">',
  '<input value="<script>a()</script>">',
  '<textarea><script>a()</script></textarea>',
  '<title><svg onload=a()></title>',
  '<!-- <script>a()</script> -->',
  '<!-- never closed <script>a()</script>',
  '<p onload=a()>',
  '<img src="/assets/x.png" onerror=a()>',
  '<input onfocus=a()>',
  '<details ontoggle=a()>',
  '<script type="application/json">{"a":1}</script>',
  '<script src="/assets/app.js">a()</script>',
  '</script onload=a()>',
  '<1svg onload=a()>',
]

describe('findScripts', () => {
  it.each(running)('finds what runs in %s', (html, scripts) => {
    expect(findScripts(html)).toEqual(scripts)
  })

  it.each(quiet)('finds nothing that runs in %s', (html) => {
    expect(findScripts(html)).toEqual([])
  })

  it('ends on unclosed tags and attributes', () => {
    for (const html of ['<', '<a', '<a b', '<a b=', '<a b="', "<svg onload='a()", '<a "', '<a =']) {
      expect(() => findScripts(html)).not.toThrow()
    }
  })
})
