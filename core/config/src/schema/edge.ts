import { z } from 'zod'
import { besideSchema } from './beside.ts'
import { limitsSchema } from './limits.ts'
import { mode } from './mode.ts'
import { option } from './option.ts'
import { sheddingSchema } from './shedding.ts'

/** What happens to a request whose inspection failed or ran out of steps. */
export function inspectionFailure() {
  return z.enum(['refuse', 'pass'])
}

/** Name of the rule set that comes with the program, or a folder of SecLang files (`crs:/path` for a Core Rule Set, `hub:/path#name` for AppSec rules). */
export function ruleSource() {
  return z
    .string()
    .max(4096)
    .regex(
      /^(?:builtin|(?:crs:|hub:)?[./].*)$/s,
      'must be builtin, a folder (/path or ./path), crs:/path or hub:/path',
    )
}

/** Paranoia level of rule sets. */
export function paranoiaLevel() {
  return z.int().min(1).max(4)
}

/** The edge layer. */
export const edgeSchema = z.strictObject({
  mode: option(mode().default('enforce'), 'Mode of the layer; sites and steps may have their own.', {
    security: 'off and monitor stop nothing.',
  }),
  workers: option(z.int().min(1).max(256).default(2), 'Worker processes that serve requests.'),
  engine: option(
    z.enum(['socket', 'node']).default('socket'),
    "Implementation of HTTP/1.1: our own on raw sockets, or Node's; both refuse the same and serve the same.",
  ),
  beside: option(
    z.array(besideSchema).max(64).default([]),
    'Judgement without forwarding, for nginx, Caddy, Traefik, HAProxy or a CrowdSec bouncer.',
    { security: 'Sees no answers, and bodies only with appsec: it is no full inspection.' },
  ),
  rules: option(z.array(ruleSource()).max(64).default(['builtin']), 'Rule sets of the inspection, in order.'),
  paranoia: option(
    paranoiaLevel().default(1),
    'Paranoia level of the rule sets: higher finds more and errs more.',
  ),
  onInspectionFailure: option(
    inspectionFailure().default('refuse'),
    'Whether a request whose inspection failed is refused (503) or passed on.',
    { security: 'pass lets an attack through that makes the inspection fail.' },
  ),
  shedding: option(sheddingSchema.prefault({}), 'Keeping known clients served under too much load.'),
  limits: option(limitsSchema.prefault({}), 'Sizes, counts and times by name.'),
})
