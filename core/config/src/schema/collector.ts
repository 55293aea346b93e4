import { z } from 'zod'
import { foreignModules } from '@sevenfold/event'
import { checkPlace, intakePlaces, otlpPlace } from './intake-places.ts'
import { option } from './option.ts'
import { name } from './site.ts'
import { duration, size } from './units.ts'

const origins = ['file', 'journald', 'syslog', 'docker', 'http', 'kubernetesAudit', 'otlp'] as const

/** A foreign log whose lines become events of the ledger. */
const logSchema = checkPlace(
  z.strictObject({
    name: option(name(), 'Name of the source, in the label source of its events.'),
    ...intakePlaces,
    otlp: otlpPlace,
    format: option(
      z.enum(foreignModules).optional(),
      'Form of its lines; kubernetesAudit and otlp have their own, everything else is syslog without it.',
    ),
    quota: option(
      z.int().min(1).max(100_000).default(1_000),
      'Lines a second that it may bring; over it, it waits.',
      { security: 'A source without a bound could fill the disk of all others.' },
    ),
  }),
  origins,
)

/** The collector. */
export const collectorSchema = z.strictObject({
  retention: option(
    duration({ min: '1h', max: '3650d' }).prefault('30d'),
    'How long events can be searched.',
  ),
  memory: option(size({ min: '64MiB', max: '64GiB' }).prefault('128MiB'), 'Memory of the index.'),
  sources: option(
    z
      .array(logSchema)
      .max(64)
      .default([])
      .refine((sources) => new Set(sources.map((source) => source.name)).size === sources.length, {
        message: 'two sources have one name',
      }),
    'Logs of other programs, mapped to ECS and kept in the ledger with everything else.',
  ),
})
