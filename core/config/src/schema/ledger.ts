import { z } from 'zod'
import { listen } from './address.ts'
import { option } from './option.ts'
import { duration, size } from './units.ts'

const verifierKey = z
  .string()
  .max(512)
  .regex(/^[^\s+]{1,255}\+[\da-f]{8}\+[A-Za-z0-9+/]{43,64}={0,2}$/, 'must be a verifier key: name+id+base64')

/** A witness of ours. */
const witnessSchema = z.strictObject({
  url: option(
    z.url({ protocol: /^https?$/ }).max(2000),
    'Submission prefix: `/add-checkpoint` is added to it. C2SP tlog-witness.',
  ),
  key: option(verifierKey, 'Verifier key of the witness, of type 4. C2SP tlog-cosignature.', {
    security: 'Only cosignatures of this key count.',
  }),
})

/** Ourselves as a witness of other logs. */
const witnessingSchema = z.strictObject({
  listen: option(listen(), 'Where other logs ask for cosignatures.'),
  name: option(
    z.string().regex(/^[a-z0-9][a-z0-9.-]{0,127}(?:\/[a-z0-9._-]{1,127})*$/, 'must look like example.org/witness'),
    'Name of the witness in its cosignatures.',
  ),
  logs: option(
    z.array(verifierKey).min(1).max(1000),
    'Verifier keys of the logs that get cosignatures, of type 1.',
    { security: 'A log that is not here gets none.' },
  ),
})

/** The ledger. */
export const ledgerSchema = z.strictObject({
  origin: option(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,127}(?:\/[a-z0-9._-]{1,127})*$/, 'must look like example.org/ledger')
      .default('sevenfold.local/ledger'),
    'Name of the log in its checkpoints; never changes once the log exists.',
  ),
  segmentSize: option(
    size({ min: '64KiB', max: '1GiB' }).prefault('16MiB'),
    'Size at which a new segment starts.',
  ),
  checkpointInterval: option(
    duration({ min: '100ms', max: '1h' }).prefault('1s'),
    'Time between two signed checkpoints.',
  ),
  witnesses: option(
    z.array(witnessSchema).max(16).default([]),
    'Witnesses that cosign checkpoints, on machines that the administrator of this log does not own.',
    { security: 'Without one, whoever has the log key and this machine can show two histories.' },
  ),
  witnessInterval: option(
    duration({ min: '1s', max: '1d' }).prefault('10s'),
    'Time between two rounds of cosignatures.',
  ),
  witnessing: option(witnessingSchema.optional(), 'Cosigns the checkpoints of other logs.'),
})
