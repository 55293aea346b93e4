import { z } from 'zod'
import { upstream } from './address.ts'
import { option } from './option.ts'
import { filePath } from './tls.ts'
import { duration } from './units.ts'

const healthSchema = z.strictObject({
  path: option(
    z
      .string()
      .regex(/^\/[\x21-\x7e]{0,1023}$/, 'must be a path')
      .default('/'),
    'What is asked for; an answer below 500 is a good one.',
  ),
  interval: option(duration({ min: '100ms', max: '1h' }).prefault('5s'), 'Time between two checks.'),
  healthyAfter: option(z.int().min(1).max(100).default(2), 'Good answers until a target is used again.'),
  unhealthyAfter: option(
    z.int().min(1).max(100).default(3),
    'Bad answers until a target is not used any more.',
  ),
})

const upstreamTlsSchema = z.strictObject({
  ca: option(
    filePath().optional(),
    'PEM file of the authorities that the service is checked with; those of Node when absent.',
  ),
  serverName: option(
    z
      .string()
      .max(253)
      .regex(/^[a-z0-9][a-z0-9.-]*$/)
      .optional(),
    'Name that its certificate must have; the host of the URL when absent.',
  ),
  certificate: option(filePath().optional(), 'PEM file of the certificate that is shown to the service.'),
  key: option(filePath().optional(), 'PEM file of its key.'),
})

/** Several services that give the same answers, and how one of them is chosen. */
export const poolSchema = z.strictObject({
  targets: option(
    z.array(upstream()).max(64).default([]),
    'Further services beside upstream; all of the same protocol.',
  ),
  balance: option(
    z.enum(['round-robin', 'least-connections']).default('round-robin'),
    'How the next one is chosen.',
  ),
  protocol: option(
    z.enum(['http1', 'http2']).default('http1'),
    'What is spoken to the services; http2 without TLS is spoken at once (prior knowledge).',
  ),
  retries: option(
    z.int().min(0).max(8).default(1),
    'How often a request is tried again when nothing of it was sent, or an idle connection was closed under a GET, HEAD or OPTIONS.',
  ),
  failures: option(
    z.int().min(1).max(1000).default(5),
    'Failures one after the other until a target is left alone.',
    { security: 'A low value lets a client that makes one target fail take it from the others.' },
  ),
  openFor: option(
    duration({ min: '100ms', max: '10m' }).prefault('1s'),
    'How long it is left alone; doubled each time it fails again, up to 30 times this.',
  ),
  health: option(healthSchema.optional(), 'Checks without waiting for requests; none when absent.'),
  tls: option(
    upstreamTlsSchema.prefault({}),
    'How https services are checked. The check cannot be switched off.',
  ),
})
