import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextLease } from './leases.ts'
import type { Lease } from './leases.ts'

/** A receiver, and a data folder with the ticket that lies in it. */
class Receiver {
  held: Lease | undefined
  #count = 0

  take(instance: string, ticket: string, enrolment = 'e1'): string | undefined {
    this.#count += 1
    const fresh = `ticket ${this.#count}`
    const lease = nextLease(this.held, { enrolment, instance, ticket, fresh })
    if (lease === undefined) return undefined
    this.held = lease
    return fresh
  }

  confirm(instance: string, ticket: string, enrolment = 'e1'): boolean {
    const lease = nextLease(this.held, { enrolment, instance, ticket })
    if (lease !== undefined) this.held = lease
    return lease !== undefined
  }
}

const taken = (receiver: Receiver, instance: string, ticket: string): string => {
  const fresh = receiver.take(instance, ticket)
  if (fresh === undefined) throw new Error('refused')
  expect(receiver.confirm(instance, fresh)).toBe(true)
  return fresh
}

describe('a lease', () => {
  it('is renewed with the ticket that was given last', () => {
    const receiver = new Receiver()
    let ticket = ''
    for (let i = 0; i < 10; i += 1) ticket = taken(receiver, 'a', ticket)
    expect(receiver.held?.instance).toBe('a')
  })

  it('goes to the next process of the same folder at once, as after a crash', () => {
    const receiver = new Receiver()
    const ticket = taken(receiver, 'a', '')
    taken(receiver, 'b', ticket)
    expect(receiver.held?.instance).toBe('b')
  })

  it('survives an answer that was lost, and a crash before the ticket was on disk', () => {
    const receiver = new Receiver()
    const first = taken(receiver, 'a', '')
    receiver.take('a', first) // the answer is lost
    const second = receiver.take('a', first)
    expect(second).toBeDefined()
    expect(receiver.take('b', first)).toBeDefined() // crashed before it was stored
  })

  it('refuses a copy whose ticket was used since', () => {
    const receiver = new Receiver()
    const copied = taken(receiver, 'a', '')
    const used = taken(receiver, 'a', copied)
    expect(receiver.take('copy', copied)).toBeUndefined()
    expect(receiver.take('copy', '')).toBeUndefined()
    expect(receiver.held?.instance).toBe('a')
    taken(receiver, 'a', used)
  })

  it('shuts out the original when the copy came first, so that one of the two is found out', () => {
    const receiver = new Receiver()
    const copied = taken(receiver, 'a', '')
    taken(receiver, 'copy', copied)
    expect(receiver.take('a', copied)).toBeUndefined()
  })

  it('begins anew with another enrolment', () => {
    const receiver = new Receiver()
    taken(receiver, 'a', '')
    expect(receiver.take('b', '', 'e2')).toBeDefined()
  })

  it('is confirmed only by its holder, and only with the newest ticket', () => {
    const receiver = new Receiver()
    const old = taken(receiver, 'a', '')
    const fresh = receiver.take('a', old) ?? ''
    expect(receiver.confirm('b', fresh)).toBe(false)
    expect(receiver.confirm('a', old)).toBe(false)
    expect(receiver.confirm('a', fresh, 'e2')).toBe(false)
    expect(receiver.confirm('a', fresh)).toBe(true)
    expect(new Receiver().confirm('a', '')).toBe(false)
  })

  // Two processes on copies of one folder, in any order: as soon as both have spoken after the copy, one is refused.
  it('never serves two copies of a folder that both go on', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2, maxLength: 40 }), (turns) => {
        const receiver = new Receiver()
        const ticket = taken(receiver, 'original', '')
        const folders = { original: ticket, copy: ticket }
        let isRefused = false
        for (const isCopy of turns) {
          const name = isCopy ? 'copy' : 'original'
          const fresh = receiver.take(name, folders[name])
          if (fresh === undefined) isRefused = true
          else {
            folders[name] = fresh
            receiver.confirm(name, fresh)
          }
        }
        const both = turns.includes(true) && turns.includes(false)
        expect(isRefused).toBe(both)
      }),
    )
  })
})
