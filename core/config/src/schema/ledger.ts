import { z } from 'zod'
import { listen } from './address.ts'
import { ledgerHostsSchema } from './hosts.ts'
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
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,127}(?:\/[a-z0-9._-]{1,127})*$/, 'must look like example.org/witness'),
    'Name of the witness in its cosignatures.',
  ),
  logs: option(
    z.array(verifierKey).min(1).max(1000),
    'Verifier keys of the logs that get cosignatures, of type 1.',
    { security: 'A log that is not here gets none.' },
  ),
})

const file = z.string().min(1).max(4096)

/** A copy over syslog. */
const syslogCopySchema = z.strictObject({
  host: option(
    z.string().min(1).max(253),
    'Name or address of a server that takes RFC 5424 over TLS (RFC 5425).',
  ),
  port: option(z.int().min(1).max(65_535).default(6514), 'Port of the server.'),
  ca: option(file.optional(), 'Authorities for its certificate, in PEM.'),
  certificate: option(file.optional(), 'Client certificate, in PEM.'),
  key: option(file.optional(), 'Key of the client certificate, in PEM.'),
})

/** A copy in an object store. */
const s3CopySchema = z.strictObject({
  bucket: option(
    z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket'),
    'Bucket with object lock; credentials come from the environment (AWS_ACCESS_KEY_ID …).',
    { security: 'The credentials need s3:PutObject and s3:GetObject, and nothing that deletes.' },
  ),
  region: option(z.string().min(1).max(64).default('us-east-1'), 'Region of the bucket.'),
  endpoint: option(
    z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional(),
    "For stores that are not Amazon's.",
  ),
  prefix: option(
    z
      .string()
      .regex(/^(?:[\w.-]{1,128}\/){0,8}$/, 'must be empty or end with /')
      .default('sevenfold/'),
    'Begins the name of every object.',
  ),
  lock: option(
    duration({ min: '1d', max: '3650d' }).prefault('365d'),
    'How long nobody can change or delete an object.',
    { security: 'Compliance mode: not even the owner of the account can shorten it.' },
  ),
  interval: option(duration({ min: '1s', max: '1d' }).prefault('60s'), 'Time between two uploads.'),
})

/** What is personal in the entries. */
const personalSchema = z.strictObject({
  seal: option(
    z.boolean().default(false),
    'Whether fields that can name a person stand encrypted in the entries, under a key a day.',
    {
      security:
        'Without it, what is personal in the ledger cannot be erased before its segments are dropped.',
    },
  ),
  keep: option(
    duration({ min: '1d', max: '3650d' }).optional(),
    'The key of a day is deleted after this time, and with it what is personal in the entries of that day.',
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
  gzipAfter: option(
    duration({ min: '1s', max: '3650d' }).prefault('10m'),
    'A closed segment that was not written to for this time is stored as gzip.',
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
  syslogCopies: option(
    z.array(syslogCopySchema).max(8).default([]),
    'Servers that get every entry over syslog.',
  ),
  s3Copies: option(
    z.array(s3CopySchema).max(8).default([]),
    'Object stores that get every entry and checkpoint.',
  ),
  personal: option(personalSchema.prefault({}), 'What is personal in the entries, and how it is erased.'),
  hosts: option(ledgerHostsSchema.optional(), 'Other hosts: where they enrol and send their events.'),
  witnessing: option(witnessingSchema.optional(), 'Cosigns the checkpoints of other logs.'),
})
