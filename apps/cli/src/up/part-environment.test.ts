import { describe, expect, it } from 'vitest'
import { partEnvironment } from './part-environment.ts'

describe('partEnvironment', () => {
  it('passes what every program needs and what the part needs, and no more', () => {
    const env = {
      PATH: '/bin',
      HOME: '/root',
      AWS_SECRET_ACCESS_KEY: 'x',
      NODE_OPTIONS: '--inspect',
      LANG: undefined,
    }
    expect(partEnvironment(env, { SEVENFOLD_DATA: '/data' })).toEqual({
      PATH: '/bin',
      HOME: '/root',
      SEVENFOLD_DATA: '/data',
    })
  })

  it("lets a part's own variables win", () => {
    expect(partEnvironment({ HOME: '/root' }, { HOME: '/none' })).toEqual({ HOME: '/none' })
  })
})
