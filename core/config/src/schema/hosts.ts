import { z } from 'zod'
import { listen } from './address.ts'
import { option } from './option.ts'
import { duration } from './units.ts'

const hostsUrl = z
  .string()
  .max(300)
  .regex(/^https:\/\/[^/?#@\s]+$/, 'must look like https://backbone.example.org:7750')

const place = {
  listen: option(
    listen(),
    'Where other hosts connect, for example 10.0.0.1:7750. TLS 1.3 with certificates of our own.',
    {
      security: 'May be reached beyond loopback: only enrolled hosts get further than a handshake.',
    },
  ),
  url: option(
    hostsUrl.optional(),
    'Address by which other hosts reach it; that of `listen` when absent. Needed when `listen` is 0.0.0.0 or behind a gateway.',
  ),
}

/** Where detection listens for other hosts. */
export const detectionHostsSchema = z.strictObject(place)

/** Where the ledger listens for other hosts, and how long they are believed. */
export const ledgerHostsSchema = z.strictObject({
  ...place,
  certificateLife: option(
    duration({ min: '10m', max: '90d' }).prefault('7d'),
    'Life of a certificate; a host renews its own at half of it. A backbone may be away for the other half.',
    { security: 'A stolen key is of use for this long when nobody revokes the host.' },
  ),
})
