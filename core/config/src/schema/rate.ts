import { z } from 'zod'
import { network } from './address.ts'
import { option } from './option.ts'
import { name, pathPattern } from './names.ts'
import { duration } from './units.ts'

const count = (max: number) => z.int().min(1).max(max)

/** What the requests of one counter have in common. */
export const rateKeys = ['address', 'prefix', 'asn', 'ja4', 'session', 'apiKey', 'route', 'site'] as const

const ruleSchema = z.strictObject({
  name: option(name(), 'Name of the rule in events and in RateLimit headers.'),
  paths: option(
    z.array(pathPattern()).max(64).default([]),
    'Paths that the rule counts, exact or ending in *; empty: all.',
  ),
  methods: option(
    z
      .array(z.string().regex(/^[A-Z]{2,20}$/, 'must be a method such as POST'))
      .max(16)
      .default([]),
    'Methods that the rule counts; empty: all.',
  ),
  key: option(
    z.enum(rateKeys).default('address'),
    'What is counted together: an address, its prefix (/24 or /64), its autonomous system, a TLS fingerprint, a session cookie, an API key, each path, or the whole site.',
  ),
  limit: option(count(10_000_000), 'Requests that the rule allows in the time per.'),
  per: option(duration({ min: '1s', max: '1d' }).prefault('1m'), 'Time in which limit requests are allowed.'),
  burst: option(
    count(10_000_000).optional(),
    'Requests that may come at once before the rate counts; the limit when absent.',
    { security: 'A high value lets that many attempts through at once.' },
  ),
  dryRun: option(z.boolean().default(false), 'Whether the rule only reports what it would refuse.', {
    security: 'A dry run stops nothing.',
  }),
  exact: option(
    z.boolean().default(false),
    'One counter for all workers instead of one each that is exchanged every 100 ms; for logins and payments.',
  ),
})

/** Rate limits of a site. */
export const rateSchema = z.strictObject({
  rules: option(
    z
      .array(ruleSchema)
      .max(32)
      .prefault([{ name: 'address', limit: 100, per: '1s', burst: 1000 }]),
    'Rate limits; every rule that counts a request must allow it.',
  ),
  exempt: option(z.array(network()).max(256).default(['127.0.0.1', '::1']), 'Clients that no rule counts.', {
    security: 'Behind a proxy on this machine that is not in trustedProxies, every client is exempt.',
  }),
  sessionCookie: option(
    z
      .string()
      .max(128)
      .regex(/^[\w.-]*$/, 'must be a cookie name')
      .default(''),
    'Cookie that rules with the key session count by.',
  ),
  apiKeyHeader: option(
    z
      .string()
      .max(64)
      .regex(/^[a-z0-9-]*$/, 'must be a lower-case header name')
      .default('x-api-key'),
    'Header that rules with the key apiKey count by.',
  ),
  work: option(
    z
      .strictObject({
        steps: option(count(1_000_000_000_000).default(2_000_000), 'Engine steps of the inspection.'),
        per: option(duration({ min: '1s', max: '1h' }).prefault('10s'), 'Time for these steps.'),
      })
      .prefault({}),
    'Inspection work that one address may cause; over it, 429 until the debt is paid.',
  ),
  headers: option(
    z.boolean().default(false),
    'Whether every answer carries RateLimit headers; a 429 always does.',
  ),
})
