import { z } from 'zod'
import { listen, network } from './address.ts'
import { option } from './option.ts'
import { secret } from './secret.ts'
import { duration, size } from './units.ts'

const filePath = (): z.ZodString => z.string().min(1).max(4096)
const urlPath = (): z.ZodString => z.string().regex(/^\/[\w./-]{0,255}$/, 'must be a path such as /logs')

const journaldSchema = z.strictObject({
  filters: option(
    z
      .array(
        z
          .string()
          .regex(
            /^(?:[A-Z_][A-Z0-9_]{0,63}=.{0,512}|\+|--(?:unit|identifier|facility|priority|grep|system|user|dmesg)(?:=.{0,512})?)$/,
            'must be a match such as _SYSTEMD_UNIT=ssh.service, +, or an option such as --unit=ssh',
          ),
      )
      .max(64)
      .default([]),
    'Which entries, as journalctl takes it; everything by default.',
  ),
})

const syslogSchema = z.strictObject({
  listen: option(listen(), 'Where it listens.', {
    security: 'Over udp and tcp anybody who reaches it can say anything in the name of anybody.',
  }),
  protocol: option(
    z.enum(['udp', 'tcp', 'tls']).default('udp'),
    'Transport: RFC 5426, RFC 6587 (octet counting or line feeds) or RFC 5425.',
  ),
  certificate: option(filePath().optional(), 'Certificate with its chain, PEM; for tls.'),
  key: option(filePath().optional(), 'Key of the certificate, PEM; for tls.'),
  ca: option(filePath().optional(), 'Authority by which senders must have a certificate, PEM; for tls.'),
  from: option(z.array(network()).max(1024).default([]), 'Senders that are taken; everybody by default.'),
})

const dockerSchema = z.strictObject({
  socket: option(filePath().default('/var/run/docker.sock'), 'Socket of the Docker Engine.', {
    security:
      'Whoever may use that socket owns the machine: give it to detection only if nothing else is possible.',
  }),
  containers: option(
    z
      .array(z.string().regex(/^[\w.*?-]{1,128}$/, 'must be a name, with * and ? for any'))
      .max(256)
      .default([]),
    'Names of the containers; all by default.',
  ),
  label: option(z.string().min(1).max(256).optional(), 'Only containers with this label, or label=value.'),
})

const pushSchema = z.strictObject({
  listen: option(listen(), 'Where it listens.'),
  path: option(urlPath().default('/'), 'Path that takes lines.'),
  key: option(secret(), 'Where the key is that senders show (X-Api-Key, or Authorization: Bearer).'),
  maxSize: option(size({ min: '1KiB', max: '64MiB' }).prefault('8MiB'), 'Longest request, decompressed.'),
})

const multilineSchema = z.strictObject({
  begin: option(
    z.string().min(1).max(1024),
    'Pattern (RE2) that the first line of an entry matches; all others belong to the entry before.',
  ),
  wait: option(
    duration({ min: '100ms', max: '1m' }).prefault('1s'),
    'An entry ends when nothing was added to it for so long.',
  ),
})

/** Where lines come from: the member for each kind of source, for an object schema. */
export const intakePlaces = {
  file: option(filePath().optional(), 'Log file to follow; relative to this file.'),
  journald: option(journaldSchema.optional(), 'Follows the journal of systemd, through journalctl.'),
  syslog: option(syslogSchema.optional(), 'Receives syslog messages (RFC 3164, RFC 5424).'),
  docker: option(dockerSchema.optional(), 'Follows the output of containers.'),
  http: option(pushSchema.optional(), 'Takes lines that are pushed by HTTP, answered when they were taken.'),
  kubernetesAudit: option(
    pushSchema.optional(),
    'Takes what the audit webhook of a Kubernetes API server sends.',
  ),
  multiline: option(
    multilineSchema.optional(),
    'Joins the lines of one entry of a file, such as a stack trace.',
  ),
}

/** Takes log records by OTLP/HTTP. */
export const otlpPlace = option(
  pushSchema.extend({ path: option(urlPath().default('/v1/logs'), 'Path that takes records.') }).optional(),
  'Takes log records by OTLP/HTTP, JSON or protobuf; 4318 is the usual port.',
)

/** What every source must hold to, whoever reads it: one place, `multiline` for files, `tls` with its files. */
export function checkPlace<S extends z.ZodType<Places>>(schema: S, origins: readonly (keyof Places)[]): S {
  return schema
    .refine((source) => origins.filter((origin) => source[origin] !== undefined).length === 1, {
      message: `needs exactly one of ${origins.join(', ')}`,
    })
    .refine(({ file, multiline }) => multiline === undefined || file !== undefined, {
      message: 'multiline is for files',
      path: ['multiline'],
    })
    .refine(
      ({ syslog }) =>
        syslog?.protocol !== 'tls' || (syslog.certificate !== undefined && syslog.key !== undefined),
      { message: 'tls needs certificate and key', path: ['syslog', 'protocol'] },
    )
}

interface Places {
  readonly file?: unknown
  readonly journald?: unknown
  readonly docker?: unknown
  readonly http?: unknown
  readonly kubernetesAudit?: unknown
  readonly otlp?: unknown
  readonly multiline?: unknown
  readonly syslog?: z.output<typeof syslogSchema> | undefined
}
