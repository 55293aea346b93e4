import { describe, expect, it } from 'vitest'
import { chromiumVariable, findChromium } from './find-chromium.ts'

describe('findChromium', () => {
  it('takes the program that the environment names, when it is there', () => {
    expect(findChromium({ [chromiumVariable]: process.execPath })).toBe(process.execPath)
    expect(findChromium({ [chromiumVariable]: '/not/there' })).not.toBe('/not/there')
  })
})
