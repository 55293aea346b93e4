import { describe, expect, it } from 'vitest'
import {
  areDatasets,
  identityOfNames,
  identityUri,
  isHostName,
  maxDatasets,
  maxIdentityLength,
  parseIdentityUri,
  readHostCertificate,
} from './host-identity.ts'
import type { HostIdentity } from './host-identity.ts'

const web2: HostIdentity = {
  host: 'web2',
  layer: 'edge',
  datasets: ['sevenfold.edge.*', 'sevenfold.edge.block'],
  enrolment: '0123456789abcdef',
}
const uri =
  'sevenfold://web2/edge?enrolment=0123456789abcdef&dataset=sevenfold.edge.*&dataset=sevenfold.edge.block'

describe('the identity of a host', () => {
  it('is text that gives the same identity again', () => {
    expect(identityUri(web2)).toBe(uri)
    expect(parseIdentityUri(uri)).toEqual(web2)
  })

  it.each([
    ['another scheme', uri.replace('sevenfold:', 'spiffe:')],
    ['no host', uri.replace('web2', '')],
    ['a host with a dot, which separates hosts from slots', uri.replace('web2', 'web2.w0')],
    ['a host with capitals', uri.replace('web2', 'Web2')],
    ['an unknown layer', uri.replace('/edge?', '/door?')],
    ['no enrolment', uri.replace('enrolment=0123456789abcdef&', '')],
    ['an enrolment that is too short', uri.replace('0123456789abcdef', '0123')],
    ['no dataset', uri.slice(0, uri.indexOf('&dataset'))],
    ['something that is no dataset', `${uri}&admin=1`],
    ['a fragment', `${uri}#x`],
    ['a path below', uri.replace('/edge?', '/edge/x?')],
    ['more than its length', `${uri}&dataset=${'a'.repeat(maxIdentityLength)}`],
  ])('is not read from text with %s', (_what, text) => {
    expect(parseIdentityUri(text)).toBeUndefined()
  })

  it('counts only as the one name of a certificate', () => {
    expect(identityOfNames(`URI:${uri}`)).toEqual(web2)
    expect(identityOfNames(`URI:${uri}, DNS:example.org`)).toBeUndefined()
    expect(identityOfNames(`DNS:example.org, URI:${uri}`)).toBeUndefined()
    expect(identityOfNames(`URI:${uri}, URI:${uri}`)).toBeUndefined()
    expect(identityOfNames(`DNS:"URI:${uri}"`)).toBeUndefined()
    expect(identityOfNames('')).toBeUndefined()
    expect(identityOfNames(undefined)).toBeUndefined()
  })

  it('has a host of 1 to 32 characters', () => {
    expect(isHostName('a')).toBe(true)
    expect(isHostName('a'.repeat(32))).toBe(true)
    expect(isHostName('a'.repeat(33))).toBe(false)
    expect(isHostName('')).toBe(false)
    expect(isHostName('-a')).toBe(false)
    expect(isHostName(7)).toBe(false)
  })

  it('has 1 to 16 datasets', () => {
    expect(areDatasets(Array.from({ length: maxDatasets }, (_, n) => `a${n}.*`))).toBe(true)
    expect(areDatasets(Array.from({ length: maxDatasets + 1 }, (_, n) => `a${n}.*`))).toBe(false)
    expect(areDatasets([])).toBe(false)
    expect(areDatasets(['*'])).toBe(false)
    expect(areDatasets(['a&dataset=b'])).toBe(false)
    expect(areDatasets('a')).toBe(false)
  })

  it('is not read from what is no certificate', () => {
    expect(readHostCertificate('')).toBeUndefined()
    expect(readHostCertificate(new Uint8Array(10))).toBeUndefined()
  })
})
