import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findHeader } from '../http/header-list.ts'
import { defaultHttpLimits } from '../http/limits.ts'
import { noLength } from '../http/request-head.ts'
import type { RequestHead } from '../http/request-head.ts'
import { appsecStory, shownKeys } from './appsec-story.ts'

const story = {
  'X-Crowdsec-Appsec-Ip': '192.0.2.7',
  'X-Crowdsec-Appsec-Uri': '/a',
  'X-Crowdsec-Appsec-Host': 'shop.test',
  'X-Crowdsec-Appsec-Verb': 'POST',
}

function listOf(more: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...story, ...more }).flat()
}

function headOf(more: Readonly<Record<string, string>> = {}): RequestHead {
  const told = appsecStory(listOf(more), defaultHttpLimits)
  if (told.kind !== 'asked') throw new Error(JSON.stringify(told))
  return told.head
}

describe('what a bouncer tells', () => {
  it('is the head of the original, without the headers of the protocol', () => {
    const { method, target, host, text } = headOf({ 'X-Crowdsec-Appsec-Transaction-Id': 'a', Accept: '*/*' })
    expect([method, target, host?.authority]).toEqual(['POST', '/a', 'shop.test'])
    expect(text).not.toMatch(/crowdsec/i)
    expect(findHeader(text, 'accept')).toBe('*/*')
  })

  it('names the host, whatever host the question itself went to', () => {
    expect(findHeader(headOf({ Host: '127.0.0.1:7422' }).text, 'host')).toBe('shop.test')
  })

  it('has the length of the body that comes with it', () => {
    expect(headOf({ 'Content-Length': '12' })).toMatchObject({ contentLength: 12, chunked: false })
    expect(headOf({ 'Transfer-Encoding': 'chunked' })).toMatchObject({
      contentLength: noLength,
      chunked: true,
    })
    expect(headOf()).toMatchObject({ contentLength: noLength, chunked: false })
  })

  it('may bring chunks for an HTTP/1.0 request', () => {
    const old = { 'X-Crowdsec-Appsec-Http-Version': '10', 'Transfer-Encoding': 'chunked', Accept: '*/*' }
    const head = headOf(old)
    expect([head.protocol, head.chunked, findHeader(head.text, 'accept')]).toEqual(['1.0', true, '*/*'])
    expect(findHeader(head.text, 'transfer-encoding')).toBeUndefined()
  })

  const versions: Readonly<Record<string, string>> = {
    '10': '1.0',
    '1.0': '1.0',
    '11': '1.1',
    '1.1': '1.1',
    '20': '2',
    '2': '2',
    '30': '2',
    '': '1.1',
    nonsense: '1.1',
  }
  for (const [told, protocol] of Object.entries(versions)) {
    it(`is of version ${protocol} when it says "${told}"`, () => {
      expect(headOf({ 'X-Crowdsec-Appsec-Http-Version': told }).protocol).toBe(protocol)
    })
  }

  it('adds the user agent only where it is another one', () => {
    const count = (more: Readonly<Record<string, string>>): number =>
      headOf({ 'X-Crowdsec-Appsec-User-Agent': 'a', ...more }).text.match(/^user-agent:/gim)?.length ?? 0
    expect([count({}), count({ 'User-Agent': 'a' }), count({ 'User-Agent': 'b' })]).toEqual([1, 1, 2])
  })

  it('writes an IPv4 client one way', () => {
    const told = appsecStory(listOf({ 'X-Crowdsec-Appsec-Ip': '::FFFF:192.0.2.9' }), defaultHttpLimits)
    expect(told).toMatchObject({ kind: 'asked', client: '192.0.2.9' })
  })

  it('is refused when a part of it stands there twice, in any spelling', () => {
    const list = [...listOf({}), 'x-crowdsec-APPSEC-verb', 'GET']
    expect(appsecStory(list, defaultHttpLimits)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'EDGE_HEADER_REPEATED' },
      client: '192.0.2.7',
    })
  })

  it('has all keys that are shown', () => {
    expect(shownKeys(['x-crowdsec-appsec-api-key', 'a', 'X-Crowdsec-Appsec-Api-Key', 'b'])).toEqual([
      'a',
      'b',
    ])
  })

  it('whatever it is, is asked, incomplete or refused, and never brings a line of its own', () => {
    const part = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(part, part, part, part, part, (uri, host, verb, name, value) => {
        const told = appsecStory(
          [
            ...listOf({
              'X-Crowdsec-Appsec-Uri': uri,
              'X-Crowdsec-Appsec-Host': host,
              'X-Crowdsec-Appsec-Verb': verb,
            }),
            name,
            value,
          ],
          defaultHttpLimits,
        )
        if (told.kind === 'asked') expect(told.head.text.split('\r\n').length).toBeLessThanOrEqual(3)
        else expect(['incomplete', 'refused']).toContain(told.kind)
      }),
    )
  })
})
