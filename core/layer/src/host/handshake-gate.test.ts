import { createFakeClock } from '@sevenfold/testkit'
import { describe, expect, it } from 'vitest'
import { HandshakeGate, handshakeLimits } from './handshake-gate.ts'

describe('the gate before handshakes', () => {
  it('lets as many begin at once from one address as its limit says, and not one more', () => {
    const gate = new HandshakeGate(createFakeClock())
    for (let i = 0; i < handshakeLimits.pendingEach; i += 1) expect(gate.begin('192.0.2.1')).toBe(true)
    expect(gate.begin('192.0.2.1')).toBe(false)
    expect(gate.begin('192.0.2.2')).toBe(true)
    gate.end('192.0.2.1', true)
    expect(gate.begin('192.0.2.1')).toBe(true)
  })

  it('bounds what all addresses have under way together', () => {
    const gate = new HandshakeGate(createFakeClock())
    let begun = 0
    for (let i = 0; begun < handshakeLimits.pending; i += 1) if (gate.begin(`192.0.2.${i}`)) begun += 1
    expect(gate.pending).toBe(handshakeLimits.pending)
    expect(gate.begin('198.51.100.1')).toBe(false)
  })

  it('closes an address that fails too often, for the rest of its minute, and no other', () => {
    const clock = createFakeClock()
    const gate = new HandshakeGate(clock)
    const fail = (): boolean => {
      const isIn = gate.begin('192.0.2.1')
      if (isIn) gate.end('192.0.2.1', false)
      return isIn
    }
    for (let i = 0; i < handshakeLimits.failures; i += 1) expect(fail()).toBe(true)
    expect(fail()).toBe(false)
    expect(gate.begin('192.0.2.2')).toBe(true)
    clock.advance(59_999)
    expect(fail()).toBe(false)
    clock.advance(1)
    expect(fail()).toBe(true)
  })

  it('does not count handshakes that succeed', () => {
    const gate = new HandshakeGate(createFakeClock())
    for (let i = 0; i < 1000; i += 1) {
      expect(gate.begin('192.0.2.1')).toBe(true)
      gate.end('192.0.2.1', true)
    }
  })

  it('remembers a bounded number of addresses', () => {
    const gate = new HandshakeGate(createFakeClock(), { ...handshakeLimits, addresses: 10 })
    for (let i = 0; i < 1000; i += 1) {
      expect(gate.begin(`address ${i}`)).toBe(true)
      gate.end(`address ${i}`, false)
    }
    expect(gate.pending).toBe(0)
  })
})
