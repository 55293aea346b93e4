import { z } from 'zod'
import { option } from './option.ts'

const filePath = (): z.ZodString => z.string().min(1).max(4096)
const units = () => z.array(z.string().min(1).max(64)).min(1).max(64)

const clientsSchema = z
  .strictObject({
    ca: option(filePath(), 'PEM file of the authorities whose certificates clients may show.', {
      security: 'Whoever these authorities certify for one of the units below gets in without a key.',
    }),
    bouncerUnits: option(
      units().default(['bouncer-ou']),
      'Organisational units (OU) whose certificates are bouncers, without a key.',
    ),
    agentUnits: option(
      units().default(['agent-ou']),
      'Organisational units (OU) whose certificates log in as agents, without a password.',
    ),
    revoked: option(
      filePath().optional(),
      'PEM file of the list of revoked certificates (CRL) of these authorities.',
    ),
  })
  .refine(({ bouncerUnits, agentUnits }) => !bouncerUnits.some((unit) => agentUnits.includes(unit)), {
    path: ['agentUnits'],
    message: 'names a unit of bouncerUnits: a certificate is that of a bouncer or of an agent',
  })

/** Encryption of the Local API: TLS 1.2 and 1.3. */
export const apiTlsSchema = z.strictObject({
  certificate: option(
    filePath(),
    'PEM file of the certificate and the chain behind it; changed files are taken over within seconds.',
  ),
  key: option(filePath(), 'PEM file of its private key.', {
    security: 'Whoever reads it can pose as the Local API.',
  }),
  clients: option(
    clientsSchema.optional(),
    'Certificates that bouncers and agents show instead of a key or a password, as with CrowdSec.',
  ),
})
