import { z } from 'zod'
import { checkPlace, intakePlaces } from './intake-places.ts'
import { option } from './option.ts'
import { name } from './site.ts'

const origins = ['file', 'journald', 'syslog', 'docker', 'http', 'kubernetesAudit'] as const

/** A log that detection reads. */
export const sourceSchema = checkPlace(
  z.strictObject({
    ...intakePlaces,
    format: option(
      z.enum(['json-access', 'nginx']).optional(),
      'Form of its lines, for the scenarios that are built in; without it only hub rules read them.',
    ),
    type: option(
      z
        .string()
        .regex(/^[\w.-]{1,64}$/, 'must be a word such as nginx or syslog')
        .optional(),
      'Type that hub parsers know its lines by, such as nginx or syslog; needs detection.hub.',
    ),
    labels: option(
      z.record(z.string().min(1).max(64), z.string().max(256)).default({}),
      'Other labels that hub parsers ask for.',
    ),
    site: option(name().optional(), 'Site whose log it is.'),
  }),
  origins,
).refine(({ format, type }) => format !== undefined || type !== undefined, {
  message: 'needs format or type: without either nobody reads its lines',
})
