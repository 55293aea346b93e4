import { describe, expect, it } from 'vitest'
import { optionsFromEnvironment } from './options.ts'

describe('optionsFromEnvironment', () => {
  it('monitors by default and for modes that it does not know', () => {
    expect(optionsFromEnvironment({})).toEqual({ mode: 'monitor', trustsProxy: false })
    expect(optionsFromEnvironment({ SEVENFOLD_RUNTIME_MODE: 'block' }).mode).toBe('monitor')
    expect(optionsFromEnvironment({ SEVENFOLD_RUNTIME_MODE: 'ENFORCE' }).mode).toBe('enforce')
  })

  it('reads the rest', () => {
    const env = {
      SEVENFOLD_SERVICE: 'shop',
      SEVENFOLD_RUNTIME_SOCKET: '/run/sensor.sock',
      SEVENFOLD_RUNTIME_TOKEN: 'abc',
      SEVENFOLD_RUNTIME_TRUST_PROXY: '1',
    }
    expect(optionsFromEnvironment(env)).toEqual({
      mode: 'monitor',
      service: 'shop',
      socketPath: '/run/sensor.sock',
      token: 'abc',
      trustsProxy: true,
    })
  })
})
