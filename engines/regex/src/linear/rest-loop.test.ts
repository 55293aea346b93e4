import { describe, expect, it } from 'vitest'

import { compareEngines } from '../../test/engines.ts'
import { isRestLoop } from './rest-loop.ts'

function hasRestLoop(pattern: string, mode: 'bytes' | 'string'): boolean {
  const { program } = compareEngines(pattern, { mode, withoutRe2: true })
  const last = mode === 'string' ? 0x10ffff : 0xff
  return Array.from({ length: program.length }, (_, pc) => pc).some((pc) => isRestLoop(program, pc, last))
}

describe('isRestLoop', () => {
  it.each([
    'a.*',
    'a(.*)',
    '(?s)a.*',
    'a(b(.*))',
    'a.*$',
    '(?m)a.*$',
    'a.*\\z',
    'a.+',
    '(?:a.*|b)',
    'x[^\\n]*',
  ])('holds in %j', (pattern) => {
    expect([hasRestLoop(pattern, 'bytes'), hasRestLoop(pattern, 'string')]).toEqual([true, true])
  })

  it.each([
    'a.*?',
    'a.*b',
    'a[^\\n\\r]*',
    'a\\w*',
    'a.*\\b',
    'a(?:.*b)?',
    'a.?',
    'a[^x]*',
    'a.*b?',
    'a(?:.*,)*',
  ])('holds nowhere in %j', (pattern) => {
    expect([hasRestLoop(pattern, 'bytes'), hasRestLoop(pattern, 'string')]).toEqual([false, false])
  })
})
