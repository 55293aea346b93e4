import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { newTicketSeed, ticketKeys } from './ticket-keys.ts'

describe('keys of session tickets', () => {
  const seed = Buffer.alloc(48, 7)

  it('are the 48 bytes that node wants, the same for the same seed and site', () => {
    expect(ticketKeys(seed, 'shop').length).toBe(48)
    expect(ticketKeys(seed, 'shop')).toEqual(ticketKeys(Buffer.from(seed), 'shop'))
  })

  it('differ by site and by seed', () => {
    expect(ticketKeys(seed, 'shop')).not.toEqual(ticketKeys(seed, 'api'))
    expect(ticketKeys(newTicketSeed(), 'shop')).not.toEqual(ticketKeys(newTicketSeed(), 'shop'))
  })
})
