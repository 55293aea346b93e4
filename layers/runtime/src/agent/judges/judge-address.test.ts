import { describe, expect, it } from 'vitest'
import { beginsHost, hostsChosenBy, isInner } from './judge-address.ts'

describe('isInner', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '[::1]',
    '::ffff:127.0.0.1',
    '[::ffff:7f00:1]',
    '[::ffff:a9fe:a9fe]',
    '224.0.0.1',
    '255.255.255.255',
    'fd00::1',
    'fe80::1',
    'localhost',
    'LOCALHOST.',
    'db.internal',
    'printer.local',
  ])('%s is inner', (host) => {
    expect(isInner(host)).toBe(true)
  })

  it.each([
    '93.184.216.34',
    '223.255.255.255',
    '[::ffff:5db8:d822]',
    '172.32.0.1',
    '100.128.0.1',
    'example.org',
    '2606:4700::1111',
    'localhost.example.org',
  ])('%s is not', (host) => {
    expect(isInner(host)).toBe(false)
  })
})

describe('hostsChosenBy', () => {
  it.each([
    ['http://127.0.0.1:8080/admin', '127.0.0.1:8080'],
    ['http://2130706433:8080/', '127.0.0.1:8080'],
    ['http://0177.1:8080/', '127.0.0.1:8080'],
    ['http://0:8080/', '0.0.0.0:8080'],
    ['127.1:8080/admin#', '127.0.0.1:8080'],
    ['//evil.example/x', 'evil.example'],
    ['http://user@evil.example/', 'evil.example'],
    ['[::1]:8080', '[::1]:8080'],
    ['localhost', 'localhost'],
    ['@127.0.0.1:8080/', '127.0.0.1:8080'],
    ['.evil.example@10.0.0.1/x', '10.0.0.1'],
  ])('%s names %s', (input, host) => {
    expect([...hostsChosenBy([input])]).toEqual([host])
  })

  it('finds no host in texts, and leaves out what it is told to', () => {
    expect(hostsChosenBy(["it's 5 o'clock", 'a, b', '{"a":1}', 'ann@localhost']).size).toBe(0)
    expect(hostsChosenBy(['http://own.example/page'], ['http://own.example/page']).size).toBe(0)
  })
})

describe('beginsHost', () => {
  const host = { host: '127.0.0.1', port: '8080' }

  it.each(['http://127.0', 'https://127.0.0.1:80', 'HTTP://127'.toLowerCase()])(
    '%s begins a host',
    (input) => {
      expect(beginsHost(['x', input], host)).toBe(true)
    },
  )

  it.each(['http://12', 'http://128.0', 'http://127.0.0.1/x', 'http', '127.0'])('%s does not', (input) => {
    expect(beginsHost([input], host)).toBe(false)
  })
})
