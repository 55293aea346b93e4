import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { guardRequest } from './host-guard.ts'

function request(headers: Readonly<Record<string, string>>, method = 'GET', url = '/gift'): IncomingMessage {
  return { headers, method, url } as unknown as IncomingMessage
}

const none: ReadonlySet<string> = new Set()

describe('guardRequest', () => {
  it.each(['localhost:7700', '127.0.0.1:7700', '[::1]:7700', 'LOCALHOST', '127.4.4.4'])(
    'serves the host %s',
    (host) => {
      expect(guardRequest(request({ host }), none)).toBeUndefined()
    },
  )

  it.each(['evil.example', 'evil.example:7700', '127.0.0.1.evil.example', '10.0.0.7'])(
    'refuses the host %s, which may be a rebinding page',
    (host) => {
      expect(guardRequest(request({ host }), none)).toBe('host')
    },
  )

  it('serves a host that was named', () => {
    expect(guardRequest(request({ host: 'demo.example:7700' }), new Set(['demo.example']))).toBeUndefined()
  })

  it('refuses what a foreign page sends, in every method', () => {
    const foreign = { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
    expect(guardRequest(request(foreign), none)).toBe('cross-site')
    expect(guardRequest(request(foreign, 'POST', '/delivery/label'), none)).toBe('cross-site')
  })

  it('refuses a foreign link that carries more than the start page', () => {
    const link = { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect(guardRequest(request(link, 'GET', '/search?q=x'), none)).toBe('cross-site')
    expect(guardRequest(request(link, 'GET', '/'), none)).toBeUndefined()
  })

  it('lets another port of this machine link here, but not post', () => {
    const console = { host: 'localhost', 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }
    expect(guardRequest(request(console, 'GET', '/product/1'), none)).toBeUndefined()
    expect(guardRequest(request(console, 'POST', '/login'), none)).toBe('cross-site')
  })

  it('serves its own pages and programs that are no browsers', () => {
    expect(
      guardRequest(request({ host: 'localhost', 'sec-fetch-site': 'same-origin' }, 'POST'), none),
    ).toBeUndefined()
    expect(guardRequest(request({ host: 'localhost' }, 'POST'), none)).toBeUndefined()
    expect(guardRequest(request({}), none)).toBeUndefined()
  })
})
