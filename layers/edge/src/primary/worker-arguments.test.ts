import { describe, expect, it } from 'vitest'
import { workerArguments } from './worker-arguments.ts'

describe('options of a worker', () => {
  it('are those of the primary, with a larger young generation', () => {
    expect(workerArguments(['--import', 'x.mjs'])).toEqual(['--import', 'x.mjs', '--max-semi-space-size=32'])
  })

  it('keep a size that somebody chose', () => {
    expect(workerArguments(['--max-semi-space-size=2'])).toEqual(['--max-semi-space-size=2'])
  })
})
