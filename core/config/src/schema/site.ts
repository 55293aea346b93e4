import { z } from 'zod'
import { network, siteListen, upstream } from './address.ts'
import { botsSchema, challengeSchema } from './bots.ts'
import { inspectionFailure, paranoiaLevel, ruleSource } from './edge.ts'
import { exclusionSchema } from './exclusion.ts'
import { geoSchema } from './geo.ts'
import { mode, stepNames } from './mode.ts'
import { name } from './names.ts'
import { openapiSchema, pagesSchema } from './openapi.ts'
import { option } from './option.ts'
import { poolSchema } from './pool.ts'
import { rateSchema } from './rate.ts'
import { headersSchema } from './site-headers.ts'
import { tlsSchema } from './tls.ts'

export { name } from './names.ts'

/** Host name of a request, `*.example.org`, or `*` for every host. */
export function hostPattern() {
  return z
    .string()
    .max(253)
    .regex(
      /^(?:\*|(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/,
      'must be a lower-case host name, *.name or *',
    )
}

const stepsSchema = z.partialRecord(z.enum(stepNames), mode()).default({})

/** One protected site. */
export const siteSchema = z.strictObject({
  name: option(name(), 'Name of the site in events, decisions and commands.'),
  listen: option(
    siteListen(),
    'Literal address and port, or unix:PATH, where the edge takes requests. Several sites may share one.',
  ),
  hosts: option(
    z.array(hostPattern()).min(1).max(256).default(['*']),
    'Host names of the site; among sites on one port the most exact wins.',
  ),
  tls: option(
    tlsSchema.optional(),
    'Encryption towards clients; all sites of one listener have it, or none.',
  ),
  proxyProtocol: option(
    z.array(network()).max(1024).default([]),
    'Proxies whose connections begin with a PROXY protocol header, version 1 or 2, that names the client.',
    { security: 'Whoever connects from these networks can claim any client address.' },
  ),
  upstream: option(upstream(), 'The service behind the edge: a URL, or unix:PATH of its socket.'),
  pool: option(poolSchema.prefault({}), 'Several services, their choice, checks and retries.'),
  mode: option(
    mode().optional(),
    'Mode of every judging step on this site; the mode of the edge when absent.',
    { security: 'off and monitor stop nothing.' },
  ),
  steps: option(stepsSchema, 'Mode of single steps where it differs from the mode of the site.', {
    security: 'A step that is off stops nothing.',
  }),
  onInspectionFailure: option(inspectionFailure().optional(), 'As in edge, for this site.', {
    security: 'pass lets an attack through that makes the inspection fail.',
  }),
  rules: option(
    z.array(ruleSource()).max(64).optional(),
    'Rule sets of this site in place of those of the edge; sites with the same ones share them.',
    { security: 'An empty list inspects nothing on this site.' },
  ),
  paranoia: option(paranoiaLevel().optional(), 'As in edge, for this site.'),
  exclusions: option(
    z.array(exclusionSchema).max(1000).optional(),
    'What rules leave alone on this site; sevenfold waf explain and waf learn propose them.',
    { security: 'Attacks in what is left alone are not seen by that rule.' },
  ),
  trustedProxies: option(
    z.array(network()).max(1024).default([]),
    'Proxies in front of the edge whose X-Forwarded-For is believed, the rightmost untrusted entry.',
    { security: 'Whoever sends from these networks can claim any client address.' },
  ),
  rate: option(rateSchema.prefault({}), 'Rate limits: the step rate.'),
  bots: option(botsSchema.prefault({}), 'Programs that visit: part of the step challenge.'),
  challenge: option(challengeSchema.prefault({}), 'Proof of work of browsers: the step challenge.'),
  schema: option(openapiSchema.optional(), 'What requests must look like: the step schema.'),
  headers: option(headersSchema.prefault({}), 'Header lines and cookie attributes that answers get.'),
  geo: option(geoSchema.optional(), 'Rules by country; without this section nothing is looked up.'),
  pages: option(pagesSchema.optional(), 'Own pages for refusals.'),
  accessEvents: option(
    z.enum(['each', 'aggregate']).default('aggregate'),
    'Whether the store keeps each allowed request or totals a minute.',
  ),
})
