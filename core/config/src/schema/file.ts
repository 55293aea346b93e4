import { z } from 'zod'
import { alertsSchema, playbooksSchema } from './alerts.ts'
import { adminSchema, runtimeSchema, storageSchema } from './backbone.ts'
import { collectorSchema } from './collector.ts'
import { detectionSchema } from './detection.ts'
import { edgeSchema } from './edge.ts'
import { ledgerSchema } from './ledger.ts'
import { option } from './option.ts'
import { siteSchema } from './site.ts'

/** The whole of sevenfold.yaml: the one source for types, defaults, docs/configuration.md and the JSON Schema. */
export const fileSchema = z.strictObject({
  version: option(z.literal(1), 'Version of this form.'),
  data: option(
    z.string().min(1).max(4096).default('./.sevenfold'),
    'Folder for all state; relative to this file.',
    { security: 'Whoever reads it has the keys; it is created for the owner only.' },
  ),
  storage: option(storageSchema.prefault({}), 'Disk budget.'),
  admin: option(adminSchema.prefault({}), 'Admin surfaces.'),
  sites: option(z.array(siteSchema).max(256).default([]), 'The protected sites.'),
  edge: option(edgeSchema.prefault({}), 'Layer 1: the reverse proxy that judges requests.'),
  runtime: option(runtimeSchema.prefault({}), 'Layer 2: the agent inside the application.'),
  detection: option(detectionSchema.prefault({}), 'Layer 4: behaviour to decisions.'),
  ledger: option(ledgerSchema.prefault({}), 'The verifiable log.'),
  collector: option(collectorSchema.prefault({}), 'The searchable index.'),
  alerts: option(alertsSchema.prefault({}), 'Sigma, silence and incidents.'),
  playbooks: option(playbooksSchema.prefault({}), 'What is done about incidents.'),
})

/** The file after parsing: defaults filled in, quantities with their unit. */
export type SevenfoldFile = z.output<typeof fileSchema>
