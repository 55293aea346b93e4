import { describe, expect, it } from 'vitest'
import { crossCheck, isLoopback } from './cross-check.ts'

const site = (name: string, port: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name,
  listen: `127.0.0.1:${port}`,
  upstream: 'http://127.0.0.1:9000',
  ...more,
})

const messages = (value: unknown): string[] => crossCheck(value).map(({ message }) => message)

describe('crossCheck', () => {
  it('is content with nothing, with an empty file and with what is no map', () => {
    for (const value of [undefined, null, {}, [], 'x', 5]) expect(crossCheck(value)).toEqual([])
  })

  it('sees two sites of one name', () => {
    expect(messages({ sites: [site('a', 1), site('a', 2)] })).toEqual(['two sites have the name a'])
  })

  it('sees one host twice on one port, and lets hosts differ', () => {
    const both = { hosts: ['a.example'] }
    expect(messages({ sites: [site('a', 1, both), site('b', 1, both)] })).toEqual([
      'sites a and b have the same host a.example on the same port',
    ])
    expect(messages({ sites: [site('a', 1, both), site('b', 1, { hosts: ['b.example'] })] })).toEqual([])
    expect(messages({ sites: [site('a', 1, both), site('b', 2, both)] })).toEqual([])
  })

  it('sees a port that two listeners want, also through an address that stands for all', () => {
    expect(messages({ sites: [site('a', 7770)] })).toEqual([
      'site a and the console listen on the same port 7770',
    ])
    expect(messages({ sites: [{ ...site('a', 7780), listen: '0.0.0.0:7780' }] })).toEqual([
      'site a and the Local API listen on the same port 7780',
    ])
    expect(messages({ sites: [{ ...site('a', 7770), listen: '127.0.0.2:7770' }] })).toEqual([])
  })

  it('sees an upstream that is one of our own listeners', () => {
    const own = (upstream: string): string[] => messages({ sites: [site('a', 7700, { upstream })] })
    expect(own('http://127.0.0.1:7700')).toEqual(['the upstream of site a is site a itself'])
    expect(own('http://localhost:7770')).toEqual(['the upstream of site a is the console itself'])
    expect(own('http://127.0.0.5:7780')).toEqual(['the upstream of site a is the Local API itself'])
    expect(own('http://[::1]:7770')).toEqual(['the upstream of site a is the console itself'])
    expect(own('http://127.0.0.1:7701')).toEqual([])
    expect(own('http://127.example.org:7770')).toEqual([])
    const behind = { ...site('b', 7701), listen: 'unix:./b.sock' }
    const looped = messages({ sites: [site('a', 7700, { upstream: 'unix:./x/../b.sock' }), behind] })
    expect(looped).toEqual(['the upstream of site a is site b itself'])
    expect(own('unix:./app.sock')).toEqual([])
  })

  it('sees an admin surface that others could reach, unless networks are named', () => {
    const open = { console: { listen: '0.0.0.0:7770' } }
    expect(crossCheck({ admin: open })).toMatchObject([
      { code: 'CONFIG_EXPOSED', path: ['admin', 'console', 'listen'] },
    ])
    expect(crossCheck({ admin: { ...open, trusted: ['10.0.0.0/8'] } })).toEqual([])
    const api = { listen: '192.0.2.1:7780', tls: { certificate: 'cert.pem', key: 'key.pem' } }
    expect(crossCheck({ detection: { api } })).toMatchObject([{ code: 'CONFIG_EXPOSED' }])
    expect(crossCheck({ admin: { trusted: ['192.0.2.0/24'] }, detection: { api } })).toEqual([])
  })

  it('sees a log of a site that does not exist', () => {
    const source = { file: 'a.log', format: 'nginx' }
    expect(messages({ detection: { sources: [source, { ...source, site: 'a' }] } })).toEqual([
      'there is no site a',
    ])
    expect(messages({ sites: [site('a', 1)], detection: { sources: [{ ...source, site: 'a' }] } })).toEqual(
      [],
    )
  })

  it('looks past parts that are wrong by themselves', () => {
    expect(messages({ sites: ['x', site('a', 1), site('a', 2)], admin: 5, detection: { api: [] } })).toEqual([
      'two sites have the name a',
    ])
  })
})

describe('isLoopback', () => {
  it('knows addresses of this machine alone, and no names that look like them', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) expect(isLoopback(host)).toBe(true)
    for (const host of ['0.0.0.0', '::', '128.0.0.1', '127.0.0.1.example.org', '127.evil.example', ''])
      expect(isLoopback(host)).toBe(false)
  })
})
