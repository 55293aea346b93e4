import { describe, expect, it } from 'vitest'
import { isNetwork, parseListen, parseUpstream } from './address.ts'

describe('parseListen', () => {
  it('reads addresses of both families', () => {
    expect(parseListen('127.0.0.1:7700')).toEqual({ host: '127.0.0.1', port: 7700 })
    expect(parseListen('[::1]:0')).toEqual({ host: '::1', port: 0 })
  })
  for (const text of [
    'localhost:80',
    '127.0.0.1',
    ':80',
    '127.0.0.1:65536',
    '1.2.3:80',
    '[127.0.0.1]:80',
    '::1:80',
    '127.0.0.1:80 ',
    '0x7f.1:80',
    '[fe80::1%eth0]:80',
  ]) {
    it(`refuses "${text}"`, () => expect(parseListen(text)).toBeUndefined())
  }
})

describe('parseUpstream', () => {
  it('reads names, addresses and default ports', () => {
    expect(parseUpstream('http://app:8080')).toMatchObject({ protocol: 'http', host: 'app', port: 8080 })
    expect(parseUpstream('https://app.example/')).toMatchObject({
      protocol: 'https',
      port: 443,
      url: 'https://app.example',
    })
    expect(parseUpstream('unix:/run/app.sock')).toEqual({
      url: 'unix:/run/app.sock',
      protocol: 'http',
      host: 'localhost',
      port: 0,
      path: '/run/app.sock',
    })
    expect(parseUpstream('unix:app.sock')).toBeUndefined()
    expect(parseUpstream('http://[::1]:3000')).toMatchObject({ host: '::1', port: 3000 })
  })
  for (const text of [
    'app:80',
    'ftp://app',
    'http://u:p@app',
    'http://app/path',
    'http://app?x',
    'http://',
    'http://app:0',
    'http://a b',
    'javascript:alert(1)',
    'http:\\\\app',
  ]) {
    it(`refuses "${text}"`, () => expect(parseUpstream(text)).toBeUndefined())
  }
})

describe('isNetwork', () => {
  for (const text of ['192.0.2.7', '10.0.0.0/8', '0.0.0.0/0', '10.0.0.0/32', '::1', '2001:db8::/128']) {
    it(`takes ${text}`, () => expect(isNetwork(text)).toBe(true))
  }
  for (const text of [
    '',
    'example.org',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    'fe80::1%eth0',
    '10.0.0/8',
  ]) {
    it(`refuses "${text}"`, () => expect(isNetwork(text)).toBe(false))
  }
})
