import { z } from 'zod'
import { option } from './option.ts'
import { secret } from './secret.ts'
import { name } from './site.ts'
import { duration, size } from './units.ts'

const url = (): z.ZodString =>
  z
    .string()
    .max(2048)
    .regex(/^https?:\/\/[^\s/@]+(?:\/\S*)?$/, 'must be an http or https address without a password in it')

const share = (): z.ZodNumber => z.number().min(0).max(1)

const publicKey = (): z.ZodString =>
  z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be a raw Ed25519 public key in base64 (44 characters)')

const listSchema = z.strictObject({
  name: option(name(), 'Name of the feed; its decisions carry it as their scenario.'),
  url: option(
    url(),
    'Where it is. A collection (…/collections/ID/) for taxii, the base address for crowdsec-api. Its host may be private, because it is named here.',
  ),
  format: option(
    z.enum(['plain', 'csv', 'json', 'crowdsec', 'stix', 'taxii', 'crowdsec-api']).default('plain'),
    'Form: one value a line, comma-separated values, JSON, a block list or decisions of CrowdSec, a STIX 2.1 bundle, a TAXII 2.1 collection, or a CrowdSec Local API.',
  ),
  every: option(duration({ min: '10s', max: '7d' }).prefault('1h'), 'How often it is looked at.'),
  expiry: option(
    duration({ min: '1m', max: '90d' }).prefault('24h'),
    'How long an entry holds after the feed named it last, where the feed does not say.',
  ),
  trust: option(
    share().default(1),
    'What its word counts; bans follow where the sum reaches the threshold.',
    {
      security:
        'A feed with the trust of the threshold bans whom it likes, except those that are never banned.',
    },
  ),
  type: option(
    z.enum(['ban', 'captcha', 'throttle']).default('ban'),
    'What is answered, where the feed does not say.',
  ),
  maxSize: option(size({ min: '1KiB', max: '256MiB' }).prefault('16MiB'), 'Longest list, decompressed.'),
  maxChange: option(
    share().default(0.2),
    'Share of entries or addresses by which an update may widen or shrink the list; more waits for approval.',
    { security: '1 takes every update as it comes.' },
  ),
  sha256: option(
    z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
      .optional(),
    'Digest that the list must have: for a list that never changes.',
  ),
  signature: option(
    z
      .strictObject({
        url: option(url(), 'Where the detached Ed25519 signature is, base64.'),
        publicKey: option(publicKey(), 'Key that made it.'),
      })
      .optional(),
    'Signature that the list must have.',
  ),
  key: option(
    secret().optional(),
    'Where its credential is: the key of a bouncer, a bearer token, or with user a password.',
  ),
  user: option(
    z.string().min(1).max(256).optional(),
    'User of basic authentication; key is then the password.',
  ),
})

const reporterSchema = z.strictObject({
  name: option(name(), 'Name of the installation.'),
  publicKey: option(publicKey(), 'Its key: what `sevenfold feeds identity` prints there.'),
  group: option(
    z.string().min(1).max(64),
    'Its owner or network: reporters of one group count as one voice.',
  ),
  trust: option(share().default(0.5), 'What its word counts.'),
})

/** Threat feeds and sharing with other installations. */
export const feedsSchema = z.strictObject({
  threshold: option(
    z.number().min(0.01).max(100).default(1),
    'Sum of trust of the feeds that name a value, at which it is banned.',
  ),
  lists: option(z.array(listSchema).max(64).default([]), 'Feeds that are read.'),
  share: option(
    z
      .strictObject({
        exchange: option(url(), 'Address of the Local API where the exchange is.'),
        name: option(name(), 'Name of this installation there.'),
      })
      .optional(),
    'Tells an exchange of the addresses that scenarios here banned; nothing but address, scenario and time leaves.',
  ),
  exchange: option(
    z
      .strictObject({
        reporters: option(z.array(reporterSchema).max(1_000).default([]), 'Installations that may report.'),
        minReporters: option(
          z.number().int().min(2).max(100).default(3),
          'Reporters that must agree; never one alone.',
        ),
        minGroups: option(z.number().int().min(2).max(100).default(2), 'Groups that must agree.'),
        minTrust: option(
          z.number().min(0).max(100).default(1),
          'Sum of trust, the best reporter of each group counted.',
        ),
        window: option(duration({ min: '10m', max: '30d' }).prefault('24h'), 'How long a report counts.'),
      })
      .optional(),
    'An exchange on this Local API: reporters send signed signals, and an address is on its list when enough agree.',
  ),
})
