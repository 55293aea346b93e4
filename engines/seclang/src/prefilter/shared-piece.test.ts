import { describe, expect, it } from 'vitest'
import { sharedPiece } from './shared-piece.ts'

describe('sharedPiece', () => {
  it.each([
    [['=http://', '=ftp://', '=file://'], '://'],
    [['a-b', 'c-d'], '-'],
    [['..//..', 'x//'], '//'],
    [['a1b22c', 'z22', '22'], '22'],
    [['%uff'], '%'],
    [['select', 'union'], ''],
    [['a.', 'b/'], ''],
    [[''], ''],
    [[], ''],
  ])('of %j is %j', (literals, piece) => {
    expect(sharedPiece(literals)).toBe(piece)
  })

  it('never holds a letter: texts are searched for it as it is', () => {
    expect(sharedPiece(['-a-', '-a-'])).toBe('-')
  })
})
