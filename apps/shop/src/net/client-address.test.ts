import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { clientAddress } from './client-address.ts'

function request(peer: string, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage
}

describe('clientAddress', () => {
  it('is the socket peer when no proxy is trusted', () => {
    expect(clientAddress(request('127.0.0.1', '203.0.113.9'), false)).toBe('127.0.0.1')
  })

  it('is the rightmost forwarded entry behind a trusted proxy on this machine', () => {
    expect(clientAddress(request('127.0.0.1', '10.0.0.7, 203.0.113.9'), true)).toBe('203.0.113.9')
    expect(clientAddress(request('::ffff:127.0.0.1', '203.0.113.9'), true)).toBe('203.0.113.9')
  })

  it('does not believe another loopback address that forwards for itself', () => {
    expect(clientAddress(request('127.9.9.9', '203.0.113.9'), true)).toBe('127.9.9.9')
  })

  it('falls back to the peer when the proxy wrote nothing', () => {
    expect(clientAddress(request('127.0.0.1'), true)).toBe('127.0.0.1')
    expect(clientAddress(request('127.0.0.1', ''), true)).toBe('127.0.0.1')
  })
})
