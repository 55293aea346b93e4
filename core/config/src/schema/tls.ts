import { z } from 'zod'
import { listen } from './address.ts'
import { option } from './option.ts'
import { duration } from './units.ts'

/** Path of a file, relative to the folder of sevenfold.yaml. */
export function filePath() {
  return z.string().min(1).max(4096)
}

const certificateSchema = z.strictObject({
  certificate: option(filePath(), 'PEM file of the certificate and the chain behind it.'),
  key: option(filePath(), 'PEM file of its private key.', {
    security: 'Whoever reads it can pose as the site.',
  }),
})

const acmeSchema = z.strictObject({
  directory: option(
    z
      .string()
      .regex(/^https:\/\/[^\s]{1,500}$/, 'must be an https URL')
      .default('https://acme-v02.api.letsencrypt.org/directory'),
    'Directory of the certificate authority (RFC 8555).',
  ),
  email: option(
    z
      .string()
      .max(254)
      .regex(/^[^\s@]+@[^\s@]+$/)
      .optional(),
    'Where the authority writes to.',
  ),
  domains: option(
    z
      .array(
        z.string().regex(/^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must be a lower-case host name'),
      )
      .max(100)
      .default([]),
    'Names of the certificate; the hosts of the site when empty.',
  ),
  challenge: option(
    z.enum(['http-01', 'dns-01']).default('http-01'),
    'How control is proved: on port 80 (tls.redirect must serve it), or by a DNS record (wildcards need it).',
  ),
  dnsCommand: option(
    z.array(z.string().min(1).max(4096)).max(32).default([]),
    'Program and arguments for dns-01; called with add or remove, the record name and its text behind them.',
    { security: 'Runs with the rights of the edge.' },
  ),
  renewBefore: option(
    duration({ min: '1h', max: '60d' }).prefault('30d'),
    'How long before its end a certificate is renewed.',
  ),
  ca: option(filePath().optional(), 'PEM file of the authorities that the directory itself is checked with.'),
})

const clientCertificatesSchema = z.strictObject({
  ca: option(filePath(), 'PEM file of the authorities whose certificates clients may show.'),
  mode: option(
    z.enum(['require', 'request']).default('require'),
    'Whether a client without a certificate is refused.',
    { security: 'request lets clients without a certificate in.' },
  ),
})

/** Encryption towards the clients of one site. TLS 1.2 and 1.3 with forward secrecy; nothing weaker can be chosen. */
export const tlsSchema = z.strictObject({
  certificates: option(
    z.array(certificateSchema).max(8).default([]),
    'Certificates from files, for example one with RSA and one with ECDSA. Changed files are taken over at once.',
  ),
  acme: option(acmeSchema.optional(), 'Certificates that are fetched and renewed by themselves.'),
  clientCertificates: option(clientCertificatesSchema.optional(), 'Certificates of clients.'),
  http2: option(z.boolean().default(true), 'Whether HTTP/2 is offered beside HTTP/1.1.'),
  hsts: option(
    duration({ min: '1s', max: '730d' }).optional(),
    'How long browsers shall reach the site only encrypted (Strict-Transport-Security).',
    { security: 'Cannot be taken back before its end in browsers that saw it.' },
  ),
  redirect: option(
    listen().optional(),
    'Plain address whose requests are sent on to https, and where http-01 is answered.',
  ),
})
