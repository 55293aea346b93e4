import { describe, expect, it } from 'vitest'
import { compareCheckpoint, maxCheckpointLength } from './witness.ts'

const note = (size: number, origin = 'example.org/ledger'): string =>
  `${origin}\n${size}\nroot=\n\n— ${origin} sig\n`

describe('compareCheckpoint', () => {
  it('takes the first one, larger ones and the same size', () => {
    expect(compareCheckpoint(undefined, note(5))).toBe('newer')
    expect(compareCheckpoint(note(5), note(6))).toBe('newer')
    expect(compareCheckpoint(note(5), note(5))).toBe('newer')
  })

  it('calls a smaller one of the same log a step back', () => {
    expect(compareCheckpoint(note(5), note(4))).toBe('older')
    expect(compareCheckpoint(note(5), note(0))).toBe('older')
  })

  it('starts anew with another log', () => {
    expect(compareCheckpoint(note(5), note(1, 'other.example/log'))).toBe('newer')
  })

  it.each(['', 'x', 'x\n-1\n', 'x\n01\n', 'x\n1e3\n', '\n5\n'])('cannot read %j', (text) => {
    expect(compareCheckpoint(undefined, text)).toBe('unreadable')
  })

  it('reads one at the limit of length and none beyond', () => {
    const long = (length: number): string => `${note(5)}${'x'.repeat(length - note(5).length)}`
    expect(compareCheckpoint(undefined, long(maxCheckpointLength))).toBe('newer')
    expect(compareCheckpoint(undefined, long(maxCheckpointLength + 1))).toBe('unreadable')
  })
})
