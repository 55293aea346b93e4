import { describe, expect, it } from 'vitest'
import { OneTimeLinks, linkLifetimeMs, maxOpenLinks } from './one-time-links.ts'
import { mayAct } from './role.ts'
import { Sessions, hasCsrf, maxSessions } from './sessions.ts'

function sources(): { now: () => number; newToken: () => string; time: number } {
  let n = 0
  const clock = { time: 0, now: () => clock.time, newToken: () => `token-${(n += 1)}` }
  return clock
}

describe('one-time links', () => {
  it('work once', () => {
    const links = new OneTimeLinks(sources())
    const token = links.create('admin')
    expect(links.redeem(token)).toBe('admin')
    expect(links.redeem(token)).toBeNull()
  })

  it('work just before ten minutes and not at ten minutes', () => {
    const clock = sources()
    const links = new OneTimeLinks(clock)
    const [early, late] = [links.create('viewer'), links.create('viewer')]
    clock.time = linkLifetimeMs - 1
    expect(links.redeem(early)).toBe('viewer')
    clock.time = linkLifetimeMs
    expect(links.redeem(late)).toBeNull()
  })

  it('are dropped, oldest first, beyond their limit', () => {
    const links = new OneTimeLinks(sources())
    const tokens = Array.from({ length: maxOpenLinks + 1 }, () => links.create('admin'))
    expect(links.redeem(tokens[0] ?? '')).toBeNull()
    expect(links.redeem(tokens[1] ?? '')).toBe('admin')
  })
})

describe('sessions', () => {
  const limits = { idleMs: 1000, maxMs: 5000 }

  it('end when idle, in any case after their longest time, and on logout', () => {
    const clock = sources()
    const sessions = new Sessions(clock, limits)
    const { id } = sessions.start('ann', 'admin')
    for (clock.time = 900; clock.time < 5000; clock.time += 900) expect(sessions.find(id)?.name).toBe('ann')
    clock.time = 5000
    expect(sessions.find(id)).toBeNull()
    const idle = sessions.start('bob', 'viewer').id
    clock.time += 1000
    expect(sessions.find(idle)).toBeNull()
    const ended = sessions.start('cat', 'viewer').id
    sessions.end(ended)
    expect(sessions.find(ended)).toBeNull()
  })

  it('end the longest unused one beyond their limit', () => {
    const clock = sources()
    const sessions = new Sessions(clock, { idleMs: 1e9, maxMs: 1e9 })
    const first = sessions.start('first', 'viewer').id
    const rest = Array.from({ length: maxSessions }, () => {
      clock.time += 1
      return sessions.start('x', 'viewer').id
    })
    expect(sessions.find(first)).toBeNull()
    expect(rest.every((id) => sessions.find(id) !== null)).toBe(true)
  })

  it('tell their own CSRF token from others', () => {
    const { session } = new Sessions(sources(), limits).start('ann', 'admin')
    expect(hasCsrf(session, session.csrf)).toBe(true)
    expect(hasCsrf(session, 'x')).toBe(false)
    expect(hasCsrf(session, undefined)).toBe(false)
  })
})

describe('roles', () => {
  it('include what lesser roles may do', () => {
    expect(mayAct('admin', 'responder')).toBe(true)
    expect(mayAct('responder', 'responder')).toBe(true)
    expect(mayAct('viewer', 'responder')).toBe(false)
  })
})
