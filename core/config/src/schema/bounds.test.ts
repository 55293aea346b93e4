import { describe, expect, it } from 'vitest'
import { parseDuration, parseSize, readConfig } from '../index.ts'
import { everyOption } from '../reference/json-schema.ts'
import type { JsonSchema } from '../reference/json-schema.ts'

/** What each list or section needs besides the option that is looked at. */
const required: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sites: {
    name: 'a',
    listen: '127.0.0.1:7700',
    upstream: 'http://127.0.0.1:9000',
    geo: { asnDatabase: 'a.mmdb' },
  },
  sources: { format: 'nginx' },
  otlp: { listen: '127.0.0.1:4318', key: { env: 'KEY' } },
  syslog: { listen: '127.0.0.1:5514', certificate: 'a.pem', key: 'a.key' },
  http: { listen: '127.0.0.1:8081', key: { env: 'KEY' } },
  kubernetesAudit: { listen: '127.0.0.1:8082', key: { env: 'KEY' } },
  multiline: { begin: '^x' },
  bouncers: { name: 'a', key: { env: 'KEY' } },
  rules: { name: 'a', limit: 1 },
  rate: { sessionCookie: 'sid' },
  challenge: { difficulty: 8, maximumDifficulty: 24 },
  ranges: { crawler: 'Googlebot', file: 'a.json' },
  schema: { file: 'a.yaml' },
  deadMan: { url: 'https://example.org/ping' },
  mail: { host: 'mail.example.org', from: 'a@example.org' },
  certificates: { certificate: 'a.pem', key: 'a.key' },
  clientCertificates: { ca: 'ca.pem' },
  acme: { domains: ['a.example'], dnsCommand: ['./set'] },
  exclusions: { rule: 1, path: '/a' },
  command: { run: ['/bin/true'] },
  lists: { name: 'a', url: 'https://example.org/list' },
  reporters: { name: 'a', publicKey: `${'A'.repeat(43)}=`, group: 'a' },
  syslogCopies: { host: 'logs.example.org' },
  s3Copies: { bucket: 'evidence' },
  hosts: { listen: '127.0.0.1:7750' },
  beside: { kind: 'spoe', site: 'a', listen: 'unix:./a.sock', keys: [{ env: 'KEY' }] },
}

const origins = ['journald', 'syslog', 'docker', 'http', 'kubernetesAudit', 'otlp']

/** What a section needs besides, where other sections have its name. */
function requiredAt(path: string, inside: object): object {
  if (path === 'detection.sources[]' || path === 'collector.sources[]')
    return {
      ...(path === 'collector.sources[]' ? { name: 'a' } : {}),
      ...(origins.some((origin) => origin in inside) ? {} : { file: 'a.log' }),
    }
  if (path !== 'sites[].tls') return {}
  return {
    redirect: '127.0.0.1:7788',
    ...('acme' in inside ? {} : { certificates: [required['certificates']] }),
  }
}

/** Defaults that are right only beside other options: a certificate from somewhere, a name to get it for. */
const onlyWithOthers = new Set([
  'sites[].tls.certificates',
  'sites[].tls.acme.domains',
  'detection.hub.collections',
  'detection.hub.edgeEvents',
  'detection.api.tls.clients.bouncerUnits',
  'detection.api.tls.clients.agentUnits',
])

/** A configuration that holds nothing but one option with one value. */
function configWith(path: string, value: unknown): string {
  let made: unknown = value
  const segments = path.split('.')
  for (const [index, segment] of [...segments.entries()].reverse()) {
    const name = segment.replace('[]', '')
    const isSection = typeof made === 'object' && made !== null && !Array.isArray(made)
    const isItem = segment.endsWith('[]')
    const here = segments.slice(0, index + 1).join('.')
    const whole =
      isItem || isSection
        ? { ...required[name], ...requiredAt(here, made as object), ...(made as object) }
        : made
    const inside = isItem ? [whole] : whole
    made = { [name]: inside }
  }
  const sites = path.startsWith('edge.beside') ? { sites: [required['sites']] } : {}
  return JSON.stringify({ version: 1, ...sites, ...(made as object) })
}

const takes = (path: string, value: unknown): boolean => readConfig(configWith(path, value), 'x').ok

/** One step below and above a bound, in the smallest unit of the option. */
function steps(schema: JsonSchema, bound: string): { below: string; above: string } {
  const isSize = schema.pattern?.includes('KiB') === true
  const value = (isSize ? parseSize(bound) : parseDuration(bound)) ?? 0
  const unit = isSize ? 'B' : 'ms'
  return { below: `${value - 1}${unit}`, above: `${value + 1}${unit}` }
}

// Every option with a range is tried at both ends and just beyond, whatever options there are.
describe('ranges', () => {
  for (const { path, schema } of everyOption()) {
    if (schema.range !== undefined) {
      const [lowest = '', highest = ''] = schema.range.split(' to ')
      it(`${path} takes ${lowest} and ${highest} and nothing beyond`, () => {
        expect(takes(path, lowest)).toBe(true)
        expect(takes(path, highest)).toBe(true)
        expect(takes(path, steps(schema, lowest).below)).toBe(false)
        // The smallest units have nine digits; an end that they cannot express is tried in its own unit.
        const above = steps(schema, highest).above
        const beyond = /^\d{1,9}[a-zA-Z]+$/.test(above)
          ? above
          : highest.replace(/^\d+/, (digits) => String(Number(digits) + 1))
        expect(takes(path, beyond)).toBe(false)
      })
    }
    if (schema.type === 'integer' && schema.minimum !== undefined && schema.maximum !== undefined) {
      const { minimum, maximum } = schema
      it(`${path} takes ${minimum} and ${maximum} and nothing beyond`, () => {
        expect(takes(path, minimum)).toBe(true)
        expect(takes(path, maximum)).toBe(true)
        expect(takes(path, minimum - 1)).toBe(false)
        expect(takes(path, maximum + 1)).toBe(false)
        expect(takes(path, minimum + 0.5)).toBe(false)
        expect(takes(path, String(minimum))).toBe(false)
      })
    }
    if (schema.enum !== undefined) {
      const { enum: values } = schema
      it(`${path} takes ${values.join(', ')} and no other word`, () => {
        for (const value of values) expect(takes(path, value), String(value)).toBe(true)
        for (const value of ['', 'on', 'true', `${String(values[0])} `, true, null, 1])
          expect(takes(path, value)).toBe(false)
      })
    }
    if (schema.default !== undefined && !onlyWithOthers.has(path) && schema.properties === undefined) {
      it(`${path} takes its own default`, () => {
        expect(takes(path, schema.default)).toBe(true)
      })
    }
    if (schema.type === 'object' || schema.type === 'array') {
      it(`${path} takes no plain value`, () => {
        for (const value of ['x', 5, true]) expect(takes(path, value)).toBe(false)
      })
    }
  }
})
